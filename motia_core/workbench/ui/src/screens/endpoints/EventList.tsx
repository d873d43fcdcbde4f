/** Events of a stream as they come: server-sent events, or lines of JSON. Stays at the newest until one scrolls away. */
import { useState } from 'react'
import { Badge, CopyButton, classes, Empty, format, JsonView, parseJson, VirtualList } from '../../design'
import type { Call } from './call'
import type { Heard } from './events'
import css from './response.module.css'
import { TextBlock } from './TextBlock'

export function EventList({ call }: { call: Call }) {
  const [open, setOpen] = useState<number | null>(null)
  const { events } = call
  if (events.length === 0)
    return (
      <Empty title={call.isUnderWay ? 'Waiting for the first event' : 'No event came'}>
        {call.isUnderWay ? 'The stream is open.' : 'The stream ended without one.'}
      </Empty>
    )
  const chosen = events.find((one) => one.number === open)
  return (
    <div className={css.events}>
      <VirtualList<Heard>
        items={events}
        keyOf={(one) => one.number}
        label="Events"
        testId="endpoint-events"
        height={30}
        follows
        selected={open}
        onSelect={(one) => setOpen(one.number === open ? null : one.number)}
        rowTestId={() => 'endpoint-event'}
        row={(one) => (
          <span className={css.event}>
            <span className={css.quiet}>{one.number}</span>
            {one.event ? (
              <Badge tone={one.event === 'error' ? 'fail' : 'accent'}>{one.event}</Badge>
            ) : (
              <span />
            )}
            <code className={css.eventData}>{one.data.slice(0, 500)}</code>
            <span className={css.quiet}>{format.duration(one.at)}</span>
          </span>
        )}
      />
      {chosen ? (
        <section className={css.eventDetail} aria-label={`Event ${chosen.number}`}>
          <div className={classes(css.quiet, css.eventHead)}>
            Event {chosen.number}
            {chosen.id ? ` · id ${chosen.id}` : ''} · after {format.duration(chosen.at)}
            <CopyButton text={chosen.data} label="Copy the data" />
          </div>
          <Data text={chosen.data} />
        </section>
      ) : null}
    </div>
  )
}

function Data({ text }: { text: string }) {
  try {
    return <JsonView value={parseJson(text)} label="Data of the event" />
  } catch {
    return <TextBlock text={text} label="Data of the event" />
  }
}
