/** Events that handlers sent to a group or an item: they are heard once and stored nowhere, so those that came while one
 *  looked are all there are. */
import { ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import type { StreamDetails } from '../../data'
import { classes, format, JsonView } from '../../design'
import type { Way } from './data'
import css from './Sent.module.css'
import type { Heard, SentEvents } from './useSent'

interface GroupEventsProps {
  stream: StreamDetails
  group: string
  sent: SentEvents
  way: Way
}

/** Below the items of the group. */
export function GroupEvents({ stream, group, sent, way }: GroupEventsProps) {
  return (
    <section className={css.pane} aria-label="Events of the group" data-testid="group-events">
      <div className={css.head}>
        <h3>Events</h3>
        <span className={css.under}>{countOf(sent, 'group')}</span>
      </div>
      <SentList sent={sent}>
        {way === 'asked' ? (
          'A large group is not followed as a whole: open an item to hear what is sent to it.'
        ) : way === 'refused' ? (
          'canAccess refused this page, so nothing that is sent is heard here.'
        ) : (
          <>
            What a step sends is shown the moment it comes, and stored nowhere:{' '}
            <code>
              streams.{stream.name}.send({'{'} groupId: '{group}' {'}'}, {'{'} type, data {'}'})
            </code>
          </>
        )}
      </SentList>
    </section>
  )
}

/** `3 since this group was opened, none is stored`; says when it shows less than there were. */
export function countOf({ events, count }: SentEvents, what: 'group' | 'item'): string {
  if (count === 0) return `None since this ${what} was opened`
  const shown =
    count > events.length ? `the last ${format.count(events.length)} of them here` : 'none is stored'
  return `${format.count(count)} since this ${what} was opened, ${shown}`
}

interface SentListProps {
  sent: SentEvents
  /** All are of the same item. */
  isOfItem?: boolean
  /** Said as long as there are none. */
  children: ReactNode
}

export function SentList({ sent, isOfItem = false, children }: SentListProps) {
  if (sent.count === 0) return <p className={css.none}>{children}</p>
  return (
    <ul className={css.list}>
      {sent.events.map((one) => (
        <Line key={one.nth} event={one} isOfItem={isOfItem} />
      ))}
    </ul>
  )
}

function Line({ event, isOfItem }: { event: Heard; isOfItem: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const { timestamp, type, data, id } = event
  return (
    <li className={css.event} data-testid="sent-event">
      <button
        type="button"
        className={css.line}
        aria-expanded={isOpen}
        title={isOpen ? undefined : 'Show its data'}
        onClick={() => setOpen(!isOpen)}
      >
        <ChevronRight size={12} aria-hidden className={classes(isOpen && css.turned)} />
        <time dateTime={new Date(timestamp).toISOString()} title={format.moment(timestamp, { exact: true })}>
          {format.clock(timestamp)}
        </time>
        <span className={css.type}>{type}</span>
        {isOfItem ? null : (
          <span className={css.to}>{id === undefined ? 'to the group' : `to the item ${id}`}</span>
        )}
        {isOpen ? null : <code className={css.data}>{data === undefined ? '' : format.oneLine(data)}</code>}
      </button>
      {isOpen ? (
        <div className={css.whole}>
          <JsonView value={data ?? null} open={3} label={`Data of ${type}`} />
        </div>
      ) : null}
    </li>
  )
}
