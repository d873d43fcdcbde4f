/** From when to when: the last minutes, or two moments. */
import { Clock, X } from 'lucide-react'
import { useState } from 'react'
import { Button, Field, format, IconButton, Input, Popover } from '../../design'
import css from './Logs.module.css'

interface TimeRangeProps {
  since: string
  until: string
  onChange: (since: string, until: string) => void
}

const SPANS = ['5m', '15m', '1h', '6h', '1d', '7d']

export function TimeRange({ since, until, onChange }: TimeRangeProps) {
  const [isOpen, setOpen] = useState(false)
  const choose = (from: string, to: string) => {
    setOpen(false)
    onChange(from, to)
  }
  const isSet = since !== '' || until !== ''
  return (
    <>
      <Popover
        label="Time range"
        open={isOpen}
        onOpenChange={setOpen}
        trigger={
          <Button icon={Clock} data-testid="time-filter">
            {isSet ? said(since, until) : 'Any time'}
          </Button>
        }
      >
        <Choices since={since} until={until} onChange={choose} />
      </Popover>
      {isSet ? (
        <IconButton icon={X} label="Lines of any time" small onClick={() => onChange('', '')} />
      ) : null}
    </>
  )
}

function Choices({ since, until, onChange }: TimeRangeProps) {
  const [from, setFrom] = useState(local(since))
  const [to, setTo] = useState(local(until))
  const isBackwards = from !== '' && to !== '' && from > to
  return (
    <form
      className={css.choices}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBackwards) onChange(moment(from), moment(to))
      }}
    >
      <div className={css.spans}>
        {SPANS.map((span) => (
          <Button
            key={span}
            small
            onClick={() => onChange(span, '')}
            tone={since === span ? 'primary' : 'plain'}
          >
            Last {words(span)}
          </Button>
        ))}
      </div>
      <Field label="From">
        {(ids) => (
          <Input
            {...ids}
            type="datetime-local"
            step={1}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
        )}
      </Field>
      <Field label="To" error={isBackwards ? 'This is before the beginning' : null}>
        {(ids) => (
          <Input
            {...ids}
            type="datetime-local"
            step={1}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        )}
      </Field>
      <Button type="submit" tone="primary" disabled={isBackwards || (from === '' && to === '')}>
        Show these
      </Button>
    </form>
  )
}

function said(since: string, until: string): string {
  if (/[smhd]$/.test(since)) return `Last ${words(since)}`
  const from = since ? format.moment(Number(since)) : ''
  const to = until ? format.moment(Number(until)) : ''
  return from && to ? `${from} to ${to}` : from ? `Since ${from}` : `Until ${to}`
}

function words(span: string): string {
  const unit = { s: 's', m: 'min', h: 'h', d: 'd' }[span.at(-1) ?? ''] ?? ''
  return `${span.slice(0, -1)} ${unit}`
}

/** What such an input shows: the time of this place. */
function local(ms: string): string {
  if (!/^\d+$/.test(ms)) return ''
  const at = new Date(Number(ms))
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

function moment(text: string): string {
  const ms = text ? new Date(text).getTime() : Number.NaN
  return Number.isNaN(ms) ? '' : String(ms)
}
