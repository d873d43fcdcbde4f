/** The traces as rows: wide beside nothing, narrow beside an open trace. */
import { CornerUpLeft } from 'lucide-react'
import { memo } from 'react'
import type { Trace } from '../../data'
import { Ago, classes, Dot, format, KindTag, toneOf, useNow, VirtualList } from '../../design'
import css from './TraceList.module.css'

interface TraceListProps {
  items: readonly Trace[]
  selected: string | undefined
  onSelect: (trace: Trace) => void
  onEnd: () => void
  isLoadingMore: boolean
}

const HEIGHT = 56

export function TraceList({ items, selected, onSelect, onEnd, isLoadingMore }: TraceListProps) {
  return (
    <div className={css.list} data-testid="traces-container">
      <VirtualList
        items={items}
        keyOf={(trace) => trace.id}
        label="Traces"
        height={HEIGHT}
        selected={selected}
        onSelect={onSelect}
        onEnd={onEnd}
        rowTestId={(trace) => `trace-${trace.id}`}
        rowClass={() => 'motia-trace-group'}
        row={(trace) => <TraceRow trace={trace} />}
        footer={isLoadingMore ? <div className={css.more}>Loading older ones…</div> : null}
      />
    </div>
  )
}

const TraceRow = memo(function TraceRow({ trace }: { trace: Trace }) {
  const { failedSteps, totalSteps, activeSteps } = trace.metadata
  return (
    <div className={css.row}>
      <div className={css.name}>
        <Dot tone={toneOf(trace.status)} label={trace.status} pulses={trace.status === 'running'} />
        <strong>{trace.name}</strong>
        <KindTag kind={trace.kind} />
        {trace.replayOf ? (
          <span className={css.replay} title={`Replay of ${trace.replayOf}`}>
            <CornerUpLeft size={12} aria-hidden />
            replay
          </span>
        ) : null}
      </div>
      <div className={css.took}>{trace.endTime === undefined ? <Running trace={trace} /> : took(trace)}</div>
      <div className={classes(css.words, trace.error ? css.error : css.id)} title={words(trace)}>
        {words(trace)}
      </div>
      <div className={css.runs}>
        {format.plural(totalSteps, 'run')}
        {failedSteps > 0 ? `, ${failedSteps} failed` : activeSteps > 0 ? `, ${activeSteps} running` : ''}
      </div>
      <div className={css.ago}>
        <Ago at={trace.startTime} suffix=" ago" />
      </div>
    </div>
  )
})

function Running({ trace }: { trace: Trace }) {
  const now = useNow()
  return <span className={css.running}>{format.duration(Math.max(0, now - trace.startTime))}</span>
}

function took(trace: Trace): string {
  return format.duration((trace.endTime ?? trace.startTime) - trace.startTime)
}

function words(trace: Trace): string {
  const { error } = trace
  if (!error) return trace.id
  return (typeof error === 'string' ? error : error.message).split('\n')[0] ?? ''
}
