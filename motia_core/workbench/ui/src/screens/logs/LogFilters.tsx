/** What narrows the log down: words, a pattern, the lowest level, a step, a trace, a time. All of it stands in the address. */
import { Regex, X } from 'lucide-react'
import { type Dispatch, useState } from 'react'
import { IconButton, SearchField, Segmented } from '../../design'
import css from './Logs.module.css'
import { StepChoice } from './StepChoice'
import { TimeRange } from './TimeRange'
import type { Wanted } from './wanted'

interface LogFiltersProps {
  wanted: Wanted
  pattern: string
  /** Why the pattern cannot be used. */
  fault: string | null
  onChange: Dispatch<Partial<Wanted & { re: string }>>
}

const LEVELS = [
  { value: 'debug', label: 'Debug' },
  { value: 'info', label: 'Info' },
  { value: 'warn', label: 'Warn' },
  { value: 'error', label: 'Error' },
] as const
type Level = (typeof LEVELS)[number]['value']

export function LogFilters({ wanted, pattern, fault, onChange }: LogFiltersProps) {
  const [isPatterned, setPatterned] = useState(pattern !== '')
  const hasPattern = isPatterned || pattern !== ''
  const level = LEVELS.find(({ value }) => value === wanted.level)?.value ?? 'debug'
  return (
    <>
      <div className={css.search} data-testid="logs-search-container">
        <SearchField
          value={wanted.q}
          onChange={(q) => onChange({ q })}
          label="Search messages and fields"
          testId="logs-search"
        />
        {hasPattern ? (
          <SearchField
            value={pattern}
            onChange={(re) => onChange({ re })}
            label="Regular expression"
            pause={250}
            testId="logs-pattern"
          />
        ) : null}
        <IconButton
          icon={Regex}
          label={hasPattern ? 'Without a regular expression' : 'Filter by a regular expression'}
          isOn={hasPattern}
          onClick={() => {
            setPatterned(!hasPattern)
            if (hasPattern) onChange({ re: '' })
          }}
          data-testid="pattern-toggle"
        />
      </div>
      <Segmented<Level>
        options={LEVELS}
        value={level}
        onChange={(next) => onChange({ level: next === 'debug' ? '' : next })}
        label="Lowest level"
      />
      <StepChoice value={wanted.step} onChange={(step) => onChange({ step })} />
      {wanted.trace ? (
        <span className={css.chip} title={wanted.trace}>
          <span>Trace {wanted.trace}</span>
          <IconButton icon={X} label="Lines of every trace" small onClick={() => onChange({ trace: '' })} />
        </span>
      ) : null}
      <TimeRange
        since={wanted.since}
        until={wanted.until}
        onChange={(since, until) => onChange({ since, until })}
      />
      {fault ? (
        <div className={css.fault} role="alert">
          {fault}
        </div>
      ) : null}
    </>
  )
}
