/** One item as it is now: its JSON, lit up at each change. */
import { useState } from 'react'
import type { StreamDetails } from '../../data'
import { useGet } from '../../data'
import {
  CopyButton,
  classes,
  ErrorNote,
  Facts,
  format,
  JsonView,
  Moment,
  Notice,
  Panel,
  Section,
  Skeleton,
} from '../../design'
import { type StreamItem, useLiveItem } from './data'
import { countOf, SentList } from './SentList'
import css from './streams.module.css'
import { useSent } from './useSent'

interface ItemPanelProps {
  stream: StreamDetails
  group: string
  id: string
  onClose: () => void
}

export function ItemPanel({ stream, group, id, onClose }: ItemPanelProps) {
  const [changed, setChanged] = useState({ at: 0, count: 0, isDeleted: false })
  const { sent, onSent } = useSent()
  const live = useLiveItem(
    stream,
    group,
    id,
    (changes) =>
      setChanged(({ count }) => ({
        at: Date.now(),
        count: count + changes.length,
        isDeleted: changes.at(-1)?.kind === 'delete',
      })),
    onSent,
  )
  const isRefused = live.error !== null
  const parts = [stream.name, group, id].map(encodeURIComponent).join('/')
  const asked = useGet<{ data: StreamItem | null }>(
    `/__motia/streams/item/${parts}`,
    {},
    { enabled: isRefused, every: 2000 },
  )
  const item = isRefused ? (asked.data?.data ?? null) : live.item
  const isLoading = isRefused ? asked.isPending : live.isLoading
  const size = item ? JSON.stringify(item).length : 0
  return (
    <Panel
      name="stream-item"
      label={`Item ${id}`}
      title={id}
      subtitle={`${stream.name} / ${group}`}
      onClose={onClose}
      actions={item ? <CopyButton text={() => JSON.stringify(item, null, 2)} label="Copy the item" /> : null}
    >
      {asked.error ? <ErrorNote error={asked.error} /> : null}
      {isLoading ? (
        <Skeleton rows={4} />
      ) : item === null ? (
        <Notice title={changed.isDeleted ? 'It was just deleted' : 'There is no such item'} testId="no-item">
          Should one of this id be written, it appears here.
        </Notice>
      ) : (
        <>
          <Facts
            rows={[
              ['Size', format.bytes(size)],
              [
                'Changed',
                changed.count > 0 ? <Moment key="changed" at={changed.at} /> : 'Not since you look',
              ],
              ['Changes', changed.count > 0 ? format.count(changed.count) : null],
            ]}
          />
          <Section title="Item">
            <div
              key={changed.count}
              className={classes(changed.count > 0 && css.flashA)}
              data-testid="item-json"
              data-changes={changed.count}
            >
              <JsonView value={item} open={3} label="Item" />
            </div>
          </Section>
        </>
      )}
      {stream.hidden || isRefused ? null : (
        <Section title="Events" actions={<span className={css.under}>{countOf(sent, 'item')}</span>}>
          <SentList sent={sent} isOfItem>
            What is sent to this item, and stored nowhere:{' '}
            <code>
              send({'{'} groupId, id {'}'}, {'{'} type, data {'}'})
            </code>
          </SentList>
        </Section>
      )}
    </Panel>
  )
}
