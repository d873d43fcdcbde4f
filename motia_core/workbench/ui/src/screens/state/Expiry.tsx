/** When a value ends: counts down, and can be changed. */
import { Pencil } from 'lucide-react'
import { useState } from 'react'
import { Button, Checkbox, Field, format, IconButton, Input, Popover, Select, Until } from '../../design'
import css from './State.module.css'
import { secondsOf, UNITS } from './values'

interface ExpiryProps {
  expires: number | null
  isBusy: boolean
  /** In seconds; null = never. */
  onChange: (ttl: number | null) => void
}

export function Expiry({ expires, isBusy, onChange }: ExpiryProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <span className={css.inline}>
      {expires === null ? (
        'never'
      ) : (
        <span>
          <Until at={expires} late="ended" />{' '}
          <span className={css.dim}>({format.moment(expires, { exact: true })})</span>
        </span>
      )}
      <Popover
        label="When it ends"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <IconButton icon={Pencil} label="Change when it ends" small busy={isBusy} data-testid="edit-ttl" />
        }
      >
        <TtlForm
          onDone={(ttl) => {
            setOpen(false)
            onChange(ttl)
          }}
        />
      </Popover>
    </span>
  )
}

function TtlForm({ onDone }: { onDone: (ttl: number | null) => void }) {
  const ttl = useTtl()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ttl.seconds !== undefined) onDone(ttl.seconds)
      }}
    >
      <TtlFields ttl={ttl} />
      <div className={css.formEnd}>
        <Button type="submit" tone="primary" disabled={ttl.seconds === undefined} data-testid="save-ttl">
          Save
        </Button>
      </div>
    </form>
  )
}

export interface Ttl {
  isNever: boolean
  text: string
  unit: string
  /** null = never, undefined = not a time. */
  seconds: number | null | undefined
  change: (change: { isNever?: boolean; text?: string; unit?: string }) => void
}

export function useTtl(isNeverFirst = false): Ttl {
  const [form, setForm] = useState({ isNever: isNeverFirst, text: '1', unit: '3600' })
  return {
    ...form,
    seconds: form.isNever ? null : secondsOf(form.text, form.unit),
    change: (change) => setForm({ ...form, ...change }),
  }
}

export function TtlFields({ ttl }: { ttl: Ttl }) {
  return (
    <>
      <Checkbox
        shown
        label="It never ends"
        checked={ttl.isNever}
        onChange={(isNever) => ttl.change({ isNever })}
      />
      {ttl.isNever ? null : (
        <div className={css.ttl}>
          <Field label="Ends in" error={ttl.seconds === undefined ? 'A number above 0' : null}>
            {(ids) => (
              <Input
                {...ids}
                inputMode="decimal"
                value={ttl.text}
                onChange={(event) => ttl.change({ text: event.target.value })}
                data-testid="ttl-number"
              />
            )}
          </Field>
          <Select
            aria-label="Unit"
            options={UNITS}
            value={ttl.unit}
            onChange={(unit) => ttl.change({ unit })}
            data-testid="ttl-unit"
          />
        </div>
      )}
    </>
  )
}
