/** Named examples of an endpoint: save what stands there, load, delete, to a file and from one. */
import { Bookmark, Download, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import type { Endpoint } from '../../data'
import { Ago, Button, confirm, Field, IconButton, Input, Popover, toast } from '../../design'
import { type Draft, firstDraft, methodsOf, restored } from './draft'
import { exported, type SetDraft, useExamples } from './drafts'
import css from './examples.module.css'
import { download } from './save'

interface ExamplesButtonProps {
  endpoint: Endpoint
  draft: Draft
  setDraft: SetDraft
}

export function ExamplesButton({ endpoint, draft, setDraft }: ExamplesButtonProps) {
  const { items, save, remove, take } = useExamples(endpoint)
  const [name, setName] = useState('')
  const [isOpen, setOpen] = useState(false)
  const isThere = items.some((one) => one.name === name.trim())
  const saveIt = () => {
    save(name.trim(), draft)
    toast.ok(`Saved as ${name.trim()}`)
    setName('')
  }
  const read = async (file: File | undefined) => {
    if (!file) return
    try {
      const count = take(await file.text())
      if (count) toast.ok(`${count} taken over`)
      else toast.fail('There are no examples in this file', 'Choose one that was exported here.')
    } catch {
      toast.fail('This file cannot be read', 'Choose one that was exported here.')
    }
  }
  return (
    <Popover
      label="Examples"
      align="end"
      open={isOpen}
      onOpenChange={setOpen}
      trigger={<IconButton icon={Bookmark} label="Examples" data-testid="endpoint-examples" />}
    >
      {items.length === 0 ? (
        <p className={css.said}>
          An example keeps this request under a name, on this machine. Secrets and files are left out.
        </p>
      ) : (
        <ul className={css.examples} aria-label="Saved examples">
          {items.map((one) => (
            <li key={one.name} className={css.example}>
              <button
                type="button"
                className={css.load}
                onClick={() => {
                  setDraft(restored(one.draft, firstDraft(endpoint), methodsOf(endpoint)))
                  setOpen(false)
                }}
              >
                <span className={css.exampleName}>{one.name}</span>
                <span className={css.said}>
                  <Ago at={one.at} suffix=" ago" />
                </span>
              </button>
              <IconButton
                icon={Trash2}
                small
                label={`Delete ${one.name}`}
                onClick={async () => {
                  const text = 'It is kept nowhere else.'
                  if (await confirm({ title: `Delete ${one.name}?`, text, action: 'Delete', danger: true }))
                    remove(one.name)
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <form
        className={css.saving}
        onSubmit={(event) => {
          event.preventDefault()
          if (name.trim()) saveIt()
        }}
      >
        <Field label="Save what stands there as">
          {(ids) => (
            <Input
              {...ids}
              value={name}
              maxLength={100}
              placeholder="a name"
              onChange={(event) => setName(event.target.value)}
              data-testid="endpoint-example-name"
            />
          )}
        </Field>
        <div className={css.savingBar}>
          <Button
            type="submit"
            small
            tone="primary"
            disabled={!name.trim()}
            data-testid="endpoint-example-save"
          >
            {isThere ? 'Save over it' : 'Save'}
          </Button>
          <span className={css.gap} />
          <label className={css.import}>
            <Upload size={14} aria-hidden /> Import
            <input
              type="file"
              accept=".json,application/json"
              className="visually-hidden"
              aria-label="Import examples"
              onChange={(event) => void read(event.target.files?.[0])}
            />
          </label>
          <Button
            small
            tone="quiet"
            icon={Download}
            disabled={items.length === 0}
            onClick={() => download(`${endpoint.step}.examples.json`, new Blob([exported(endpoint, items)]))}
            data-testid="endpoint-example-export"
          >
            Export
          </Button>
        </div>
      </form>
    </Popover>
  )
}
