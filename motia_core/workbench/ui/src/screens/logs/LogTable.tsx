/** The lines themselves: time, level, step, words, trace. */
import { Filter, FilterX } from 'lucide-react'
import { memo, useCallback } from 'react'
import type { LogLine } from '../../data'
import { CopyButton, classes, TailList } from '../../design'
import css from './Logs.module.css'
import { Message } from './Message'
import { copied, timeOf } from './text'
import type { Range } from './words'

/** How lines are shown; remembered, not linked to. */
export interface Manner {
  wraps: boolean
  isCompact: boolean
  hasColours: boolean
}

interface LogTableProps {
  lines: readonly LogLine[]
  manner: Manner
  rangesIn: (line: LogLine) => readonly Range[]
  open: string
  onOpen: (line: LogLine) => void
  /** The trace that is shown alone. */
  trace: string
  onTrace: (trace: string) => void
  target?: string
  /** Another number: begin anew. */
  book: number
  unseen: number
  onStart: () => void
  onEnd: () => void
  onLatest?: () => void
  onFollow: (follows: boolean) => void
}

const ROW = 26

export function LogTable(props: LogTableProps) {
  const { lines, manner, rangesIn, trace, onTrace } = props
  const today = new Date().toDateString()
  const isDated = lines[0] !== undefined && new Date(lines[0].time).toDateString() !== today
  const row = useCallback(
    (line: LogLine) => (
      <Row
        line={line}
        manner={manner}
        ranges={rangesIn(line)}
        today={today}
        isDated={isDated}
        isOnlyTrace={trace !== '' && line.traceId === trace}
        onTrace={onTrace}
      />
    ),
    [manner, rangesIn, today, isDated, trace, onTrace],
  )
  return (
    <TailList
      // Measured heights are not those of the other manner.
      key={`${props.book} ${manner.wraps}`}
      items={lines}
      keyOf={keyOf}
      row={row}
      label="Log lines, the newest at the end"
      height={ROW}
      measures={manner.wraps}
      selected={props.open}
      onSelect={props.onOpen}
      rowTestId="log-row"
      rowClass={classOf}
      target={props.target}
      onStart={props.onStart}
      onEnd={props.onEnd}
      onLatest={props.onLatest}
      unseen={props.unseen}
      unit="new line"
      onFollow={props.onFollow}
    />
  )
}

function keyOf(line: LogLine): string {
  return line.id
}

function classOf(line: LogLine): string | undefined {
  return classes(css.line, css[line.level])
}

interface RowProps {
  line: LogLine
  manner: Manner
  ranges: readonly Range[]
  today: string
  /** Some lines are of other days. */
  isDated: boolean
  isOnlyTrace: boolean
  onTrace: (trace: string) => void
}

const Row = memo(function Row({ line, manner, ranges, today, isDated, isOnlyTrace, onTrace }: RowProps) {
  const { traceId } = line
  const Icon = isOnlyTrace ? FilterX : Filter
  return (
    <div
      className={classes(
        css.cells,
        manner.wraps && css.wraps,
        manner.isCompact ? css.compact : isDated && css.dated,
      )}
      role="none"
    >
      <time role="gridcell" className={css.time} dateTime={new Date(line.time).toISOString()}>
        {timeOf(line.time, manner.isCompact, today)}
      </time>
      <span role="gridcell" className={css.level}>
        {line.level}
      </span>
      <span role="gridcell" className={css.step} title={line.step}>
        {line.step ?? line.source}
      </span>
      <span role="gridcell" className={css.message}>
        <Message line={line} ranges={ranges} hasColours={manner.hasColours} wraps={manner.wraps} />
      </span>
      <span role="gridcell" className={css.tools} onClick={stay} onKeyDown={stay}>
        <span className={css.copy}>
          <CopyButton label="Copy this line" text={() => copied(line)} />
        </span>
        {traceId ? (
          <button
            type="button"
            className={classes(css.trace, isOnlyTrace && css.on)}
            aria-pressed={isOnlyTrace}
            aria-label={isOnlyTrace ? `Show all traces again` : `Only trace ${traceId}`}
            title={isOnlyTrace ? 'Show all traces again' : `Only trace ${traceId}`}
            onClick={() => onTrace(isOnlyTrace ? '' : traceId)}
            data-testid={`trace-filter-${traceId}`}
          >
            <Icon size={11} aria-hidden />
            {traceId.slice(0, 5)}
          </button>
        ) : null}
      </span>
    </div>
  )
})

/** A button of a row does not open the row. */
function stay(event: { stopPropagation: () => void }): void {
  event.stopPropagation()
}
