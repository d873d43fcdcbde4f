/** The bar above the list: text, status, step, topic, time. All of it stands in the address. */
import { X } from 'lucide-react'
import { useMemo } from 'react'
import { BASE, useGo, useParam } from '../../app/address'
import { type Page, type Step, useGet } from '../../data'
import { Button, IconButton, Input, SearchField, Segmented, Select } from '../../design'
import css from './Filters.module.css'
import { type Filters as Chosen, type FilterName, NAMES } from './filters'

const STATUSES = [
  { value: '', label: 'All' },
  { value: 'running', label: 'Running' },
  { value: 'completed', label: 'Completed' },
  { value: 'failed', label: 'Failed' },
]
const TIMES = [
  { value: '', label: 'Any time' },
  { value: '5m', label: 'Last 5 minutes' },
  { value: '1h', label: 'Last hour' },
  { value: '1d', label: 'Last day' },
  { value: 'own', label: 'From … to …' },
]

export function Filters({ filters, isAny }: { filters: Chosen; isAny: boolean }) {
  const [, setQ] = useParam('q')
  const [, setStatus] = useParam('status')
  const [, setRange] = useParam('range')
  const known = useKnown()
  const empty = useEmpty()
  const range = filters.range || (filters.since || filters.until ? 'own' : '')
  return (
    <>
      <SearchField value={filters.q} onChange={setQ} label="Search steps and errors" testId="traces-search" />
      <Segmented
        options={STATUSES}
        value={filters.status}
        onChange={(value) => setStatus(value, { push: true })}
        label="Status"
      />
      <Chooser name="step" label="Step" value={filters.step} known={known.steps} />
      <Chooser name="topic" label="Topic" value={filters.topic} known={known.topics} />
      <Select
        aria-label="Time"
        data-testid="traces-range"
        options={TIMES}
        value={range}
        onChange={(value) => {
          empty(['since', 'until'])
          setRange(value, { push: true })
        }}
      />
      {range === 'own' ? (
        <>
          <At name="since" label="From" value={filters.since} />
          <At name="until" label="To" value={filters.until} />
        </>
      ) : null}
      {isAny ? (
        <Button small tone="quiet" icon={X} onClick={() => empty(NAMES)} data-testid="clear-filters">
          All traces
        </Button>
      ) : null}
    </>
  )
}

interface ChooserProps {
  name: FilterName
  label: string
  value: string
  known: readonly string[]
}

/** A name that is chosen from a list, or typed: what is recorded may be of steps that are no more. */
function Chooser({ name, label, value, known }: ChooserProps) {
  const [, set] = useParam(name)
  return (
    <span className={css.chooser}>
      <Input
        // What comes from outside, by a link say, replaces what is being typed.
        key={value}
        list={`traces-${name}`}
        defaultValue={value}
        placeholder={label}
        aria-label={label}
        data-testid={`traces-${name}`}
        onChange={(event) => known.includes(event.target.value) && set(event.target.value, { push: true })}
        onBlur={(event) => event.target.value !== value && set(event.target.value.trim(), { push: true })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') set(event.currentTarget.value.trim(), { push: true })
        }}
      />
      {value ? (
        <IconButton
          icon={X}
          small
          label={`Any ${label.toLowerCase()}`}
          className={css.clear}
          onClick={() => set('', { push: true })}
        />
      ) : null}
      <datalist id={`traces-${name}`}>
        {known.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
    </span>
  )
}

function At({ name, label, value }: { name: FilterName; label: string; value: string }) {
  const [, set] = useParam(name)
  return (
    <span className={css.at}>
      <span aria-hidden>{label}</span>
      <Input
        type="datetime-local"
        aria-label={label}
        step={1}
        defaultValue={local(value)}
        data-testid={`traces-${name}`}
        onChange={(event) => {
          const at = new Date(event.target.value).getTime()
          set(Number.isNaN(at) ? '' : String(at))
        }}
      />
    </span>
  )
}

/** As the browser's field wants it: the clock of this machine. */
function local(text: string): string {
  const at = Number(text)
  if (!text || !Number.isFinite(at)) return ''
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)
}

function useKnown(): { steps: string[]; topics: string[] } {
  const { data } = useGet<Page<Step>>('api/steps', { limit: 1000 })
  return useMemo(() => {
    const ran = (data?.items ?? []).filter((step) => step.type !== 'noop')
    const topics = ran.flatMap((step) => [
      ...(step.subscribes ?? []),
      ...step.emits.map((emit) => (typeof emit === 'string' ? emit : emit.topic)),
    ])
    return {
      steps: ran.map((step) => step.name).sort(),
      topics: [...new Set(topics)].filter((topic) => topic !== '*').sort(),
    }
  }, [data])
}

/** Takes filters out of the address, all at once. */
function useEmpty(): (names: readonly FilterName[]) => void {
  const go = useGo()
  return (names) => {
    const params = new URLSearchParams(location.search)
    for (const name of names) params.delete(name)
    go(`${location.pathname.slice(BASE.length)}${params.size ? `?${params}` : ''}`)
  }
}
