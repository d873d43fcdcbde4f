/** How much of the history is kept, how much may be, and what could not be. */
import type { Recording } from '../../data'
import { Card, format } from '../../design'
import css from './History.module.css'
import page from './Overview.module.css'

export function History({ recording }: { recording: Recording | undefined }) {
  if (!recording) return null
  const { held, most, dropped } = recording
  const lost = dropped.spans + dropped.logs + dropped.inputs
  return (
    <Card title="History kept" testId="history">
      <dl className={css.list}>
        <Meter name="Runs" value={held.spans} most={most.spans} says={format.count} />
        <Meter name="Log lines" value={held.logs} most={most.logs} says={format.count} />
        <Meter name="Size" value={held.size} most={most.size} says={format.bytes} />
      </dl>
      <p className={page.calm}>
        {lost === 0
          ? 'Nothing was lost. When it is full, the oldest goes.'
          : `Not kept, because there was too much at once: ${format.plural(dropped.spans, 'run')}, ${format.plural(dropped.logs, 'log line')}, ${format.plural(dropped.inputs, 'input')}.`}
      </p>
    </Card>
  )
}

interface MeterProps {
  name: string
  value: number
  most: number
  says: (value: number) => string
}

function Meter({ name, value, most, says }: MeterProps) {
  const part = most > 0 ? Math.min(1, value / most) : 0
  return (
    <div className={css.meter}>
      <dt>{name}</dt>
      <dd className={css.value}>
        {says(value)} <span className={page.quiet}>of {most > 0 ? says(most) : 'any number'}</span>
      </dd>
      <dd className={css.track} aria-hidden>
        <span className={css.fill} style={{ width: `${part * 100}%` }} />
      </dd>
    </div>
  )
}
