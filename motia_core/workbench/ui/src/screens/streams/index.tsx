/** Streams: items that browsers follow. All streams in a table; one on a page with its groups and items, its schema and how
 *  to follow it. */
import { Radio } from 'lucide-react'
import { useMemo } from 'react'
import { to, useGo, useParam } from '../../app/address'
import type { StreamLine } from '../../data'
import {
  Badge,
  type Column,
  Empty,
  ErrorNote,
  format,
  Screen,
  SearchField,
  Skeleton,
  Switch,
  Table,
} from '../../design'
import { useStreams } from './data'
import { StreamPage } from './StreamPage'
import css from './streams.module.css'

const EXAMPLE = `export const config = { name: 'todo', schema: z.object({ text: z.string() }) }`

export default function Streams() {
  const [stream] = useParam('stream')
  return stream ? <StreamPage key={stream} stream={stream} /> : <StreamList />
}

function StreamList() {
  const go = useGo()
  const [q, setQ] = useParam('q')
  const [hidden, setHidden] = useParam('hidden')
  const { items, isLoading, error, reload, loadMore } = useStreams(hidden !== '')
  const found = useMemo(() => {
    const wanted = q.toLowerCase()
    return items.filter((one) => one.name.toLowerCase().includes(wanted))
  }, [items, q])
  const own = items.filter((one) => !one.hidden).length
  return (
    <Screen
      title="Streams"
      testId="streams"
      about={own > 0 ? format.plural(own, 'stream') : null}
      toolbar={
        <>
          <SearchField value={q} onChange={setQ} label="Search streams" />
          <Switch
            label="Show hidden streams"
            checked={hidden !== ''}
            onChange={(on) => setHidden(on ? 'yes' : '')}
          />
        </>
      }
    >
      {error ? (
        <ErrorNote error={error} onRetry={reload} />
      ) : isLoading ? (
        <Skeleton />
      ) : items.length === 0 ? (
        <Empty icon={Radio} title="No streams yet" code={EXAMPLE}>
          A stream holds items in groups. Steps write them, and every browser that follows a group hears of
          each change at once. A file called <code>todo.stream.ts</code> declares one.
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={`No stream is called like “${q}”`}>
          Hidden ones are looked through when they are shown.
        </Empty>
      ) : (
        <Table
          columns={COLUMNS}
          items={found}
          keyOf={(one) => one.id}
          label="Streams"
          height={44}
          sort="name"
          onSelect={(one) => go(to.stream(one.name))}
          onEnd={loadMore}
          testId="streams-list"
          rowTestId={(one) => `stream-${one.name}`}
        />
      )}
    </Screen>
  )
}

const COLUMNS: Column<StreamLine>[] = [
  {
    id: 'name',
    head: 'Stream',
    // Ours after those of the project.
    by: (one) => `${one.hidden ? 1 : 0}${one.name}`,
    width: 'minmax(12rem, 1fr)',
    cell: (one) => (
      <span className={css.name}>
        {one.name}
        {one.hidden ? <Badge>hidden</Badge> : null}
      </span>
    ),
  },
  number('groups', 'Groups', (one) => one.groupCount),
  number('items', 'Items', (one) => one.itemCount),
  {
    id: 'size',
    head: 'Size',
    align: 'end',
    width: '7rem',
    by: (one) => one.size,
    cell: (one) => format.bytes(one.size),
  },
  number('followers', 'Followers', (one) => one.followers),
  {
    id: 'file',
    head: 'File',
    width: 'minmax(8rem, 1.4fr)',
    cell: (one) => (
      <span className={css.under} title={one.filePath}>
        {one.hidden ? 'the server’s own' : one.filePath}
      </span>
    ),
  },
]

/** `1,000+` where not all groups were counted. */
function number(id: string, head: string, of: (one: StreamLine) => number | undefined): Column<StreamLine> {
  return {
    id,
    head,
    align: 'end',
    width: '6.5rem',
    by: of,
    cell: (one) => `${format.count(of(one))}${one.more && id !== 'followers' ? '+' : ''}`,
  }
}
