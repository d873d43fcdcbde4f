/** A new entry, in a group that is there or a new one. Never overwrites. */
import { useState } from 'react'
import { ApiError, client, post, refresh } from '../../data'
import { Button, Dialog, Field, Input, JsonEditor, jsonError, parseJson, toast } from '../../design'
import { TtlFields, useTtl } from './Expiry'
import css from './State.module.css'

interface CreateDialogProps {
  open: boolean
  onClose: () => void
  /** Proposed. */
  group: string
  groups: readonly string[]
  onCreated: (group: string, key: string) => void
}

export function CreateDialog(props: CreateDialogProps) {
  return props.open ? <Form {...props} /> : null
}

function Form({ onClose, group: first, groups, onCreated }: CreateDialogProps) {
  const [group, setGroup] = useState(first)
  const [key, setKey] = useState('')
  const [text, setText] = useState('{}')
  const [isBusy, setBusy] = useState(false)
  const [taken, setTaken] = useState('')
  const ttl = useTtl(true)
  const fault = jsonError(text)
  const isReady = group !== '' && key !== '' && fault === null && ttl.seconds !== undefined
  const create = async () => {
    if (!isReady || isBusy) return
    setBusy(true)
    try {
      // The version of what is not there: an entry that is there is refused.
      const body = { groupId: group, key, value: parseJson(text), version: '0', ttl: ttl.seconds }
      await post('/__motia/state', body)
      refresh(client, ['api/state'])
      toast.ok('Created')
      onCreated(group, key)
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setTaken(`${group}:${key}`)
      else toast.fail('Not created', error instanceof Error ? error.message : '')
    } finally {
      setBusy(false)
    }
  }
  const isTaken = taken === `${group}:${key}`
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title="New entry"
      text="A step reads it at once. A group is there as soon as something is in it."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {isTaken ? <Button onClick={() => onCreated(group, key)}>Open the one that is there</Button> : null}
          <Button
            tone="primary"
            onClick={create}
            disabled={!isReady}
            busy={isBusy}
            data-testid="create-entry"
          >
            Create
          </Button>
        </>
      }
    >
      <div className={css.pair}>
        <Field label="Group">
          {(ids) => (
            <>
              <Input
                {...ids}
                mono
                list="state-groups"
                value={group}
                onChange={(event) => setGroup(event.target.value)}
                data-testid="new-group"
              />
              <datalist id="state-groups">
                {groups.slice(0, 200).map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label="Key" error={isTaken ? 'There is one of this key already' : null}>
          {(ids) => (
            <Input
              {...ids}
              mono
              value={key}
              onChange={(event) => setKey(event.target.value)}
              data-testid="new-key"
            />
          )}
        </Field>
      </div>
      <div className={css.newValue}>
        <span className={css.label}>Value (JSON)</span>
        <JsonEditor value={text} onChange={setText} label="Value" onSubmit={create} testId="new-value" />
        <span className={css.fault} role="alert">
          {fault ? `Line ${fault.line}: ${fault.message}` : ''}
        </span>
      </div>
      <TtlFields ttl={ttl} />
    </Dialog>
  )
}
