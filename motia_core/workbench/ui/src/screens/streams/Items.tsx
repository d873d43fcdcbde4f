/** The items of a group while they change: what has just been written lights up for a moment. */
import { useMemo, useState } from 'react'
import { useParam } from '../../app/address'
import type { StreamDetails } from '../../data'
import {
  Button,
  type Column,
  Dot,
  Empty,
  ErrorNote,
  format,
  SearchField,
  Skeleton,
  Table,
} from '../../design'
import { type StreamItem, useItems } from './data'
import { GroupEvents } from './SentList'
import css from './streams.module.css'
import { useFlashes } from './useFlashes'
import type { SentEvents } from './useSent'

interface ItemsProps {
  stream: StreamDetails
  group: string
  sent: SentEvents
}

const SAYS = {
  live: ['ok', 'Live'],
  asked: ['idle', 'Large: page by page'],
  refused: ['warn', 'Not live: canAccess refused this page'],
} as const

export function Items({ stream, group, sent }: ItemsProps) {
  const { flashes, onChanges, changes } = useFlashes()
  const { items, isLoading, error, way, extent, loadMore, reload } = useItems(stream, group, onChanges)
  const [item, setItem] = useParam('item')
  const [q, setQ] = useState('')
  const found = useMemo(() => {
    const wanted = q.toLowerCase()
    return wanted ? items.filter((one) => JSON.stringify(one).toLowerCase().includes(wanted)) : items
  }, [items, q])
  const [tone, words] = SAYS[way]
  const count = way === 'live' ? items.length : (extent?.count ?? items.length)
  return (
    <div className={css.pane}>
      <div className={css.paneHead}>
        <span className={css.way} data-testid="way">
          <Dot tone={tone} /> {words}
        </span>
        <span className={css.under} data-testid="item-count">
          {format.plural(count, 'item')}
          {changes > 0 ? `, ${format.plural(changes, 'change')} since you look` : ''}
        </span>
        <span className={css.end}>
          {way === 'asked' ? (
            <Button small onClick={reload}>
              Load anew
            </Button>
          ) : null}
          <SearchField
            value={q}
            onChange={setQ}
            label={way === 'live' ? 'Search items' : 'Search what is loaded'}
            testId="items-search"
          />
        </span>
      </div>
      {error && items.length === 0 ? (
        <ErrorNote error={error} onRetry={reload} />
      ) : isLoading ? (
        <Skeleton rows={5} />
      ) : items.length === 0 ? (
        <Empty title="This group holds nothing">
          {stream.hidden ? (
            'The server fills it as things happen.'
          ) : (
            <>
              An item appears here the moment a step writes one:{' '}
              <code>
                streams.{stream.name}.set('{group}', id, item)
              </code>
            </>
          )}
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={`No item contains “${q}”`}>All members of an item are looked through.</Empty>
      ) : (
        <Table
          columns={COLUMNS}
          items={found}
          keyOf={(one) => one.id}
          label="Items"
          selected={item}
          onSelect={(one) => setItem(one.id, { push: true })}
          onEnd={loadMore}
          rowClass={(one) => css[flashes.get(one.id) ?? '']}
          testId="items"
          rowTestId={(one) => `item-${one.id}`}
        />
      )}
      {stream.hidden ? null : <GroupEvents stream={stream} group={group} sent={sent} way={way} />}
    </div>
  )
}

const COLUMNS: Column<StreamItem>[] = [
  {
    id: 'id',
    head: 'Item',
    width: 'minmax(7rem, 14rem)',
    cell: (one) => <span title={one.id}>{one.id}</span>,
  },
  {
    id: 'data',
    head: 'Data',
    cell: (one) => <code className={css.under}>{format.oneLine(one, ['id'])}</code>,
  },
]
