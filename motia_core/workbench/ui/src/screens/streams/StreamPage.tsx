/** One stream: its groups and their items, its schema, and how to follow it. */
import { ArrowLeft } from 'lucide-react'
import { Link } from 'wouter'
import { to, useParam } from '../../app/address'
import type { StreamDetails } from '../../data'
import {
  Badge,
  CopyButton,
  Empty,
  ErrorNote,
  Facts,
  format,
  JsonView,
  Notice,
  Screen,
  Skeleton,
  Split,
  Tabs,
} from '../../design'
import { useDetails, useGroups } from './data'
import { Follow } from './Follow'
import { Groups } from './Groups'
import { ItemPanel } from './ItemPanel'
import { Items } from './Items'
import css from './streams.module.css'
import { type SentEvents, useSentTo } from './useSent'

export function StreamPage({ stream }: { stream: string }) {
  const { data: details, error, refetch } = useDetails(stream)
  const [group] = useParam('group')
  const [item, setItem] = useParam('item')
  return (
    <Screen
      title="Streams"
      testId="stream"
      about={<Title stream={stream} details={details} />}
      actions={
        <Link href={to.stream()} className={css.back}>
          <ArrowLeft size={14} aria-hidden /> All streams
        </Link>
      }
      panel={
        details && group && item ? (
          <ItemPanel
            key={`${group} ${item}`}
            stream={details}
            group={group}
            id={item}
            onClose={() => setItem('')}
          />
        ) : null
      }
    >
      {error?.status === 404 ? (
        <Empty title={`There is no stream called ${stream}`}>
          Its file may have gone, or be broken. What it held is kept until the file is back.
        </Empty>
      ) : error ? (
        <ErrorNote error={error} onRetry={() => void refetch()} />
      ) : details ? (
        <Content details={details} />
      ) : (
        <Skeleton />
      )}
    </Screen>
  )
}

function Title({ stream, details }: { stream: string; details: StreamDetails | undefined }) {
  return (
    <>
      <span aria-hidden>/</span>
      <h2 className={css.title}>{stream}</h2>
      {details?.hidden ? <Badge>hidden</Badge> : null}
      {details?.guarded ? <Badge tone="warn">guarded</Badge> : null}
      {details?.description ? <span className={css.about}>{details.description}</span> : null}
    </>
  )
}

function Content({ details }: { details: StreamDetails }) {
  const [tab, setTab] = useParam('tab', 'items')
  const [group] = useParam('group')
  // Here, for they are to be there still when one comes back from another tab.
  const sent = useSentTo(details, group)
  return (
    <>
      {details.guarded ? (
        <Notice title="canAccess of this stream decides who may follow it" testId="guarded-note">
          You see what is stored because you administer this server. That opens nothing live: canAccess is
          asked about this page like about any other, and this page has no user.
        </Notice>
      ) : null}
      <Tabs
        label={`About ${details.name}`}
        value={tab}
        onChange={setTab}
        tabs={[
          { id: 'items', label: 'Items', content: <Browser details={details} sent={sent} /> },
          {
            id: 'schema',
            label: 'Schema and settings',
            content: <Schema details={details} />,
            testId: 'schema',
          },
          {
            id: 'follow',
            label: 'Follow it',
            content: <Follow stream={details} group={group} />,
            testId: 'follow',
          },
        ]}
      />
    </>
  )
}

function Browser({ details, sent }: { details: StreamDetails; sent: SentEvents }) {
  const [group] = useParam('group')
  const [q, setQ] = useParam('q')
  const groups = useGroups(details, q)
  return (
    <Split
      name="streams-groups"
      label="Width of the groups"
      size={240}
      first={<Groups stream={details} groups={groups} q={q} onSearch={setQ} />}
      second={
        group ? (
          <Items key={group} stream={details} group={group} sent={sent} />
        ) : (
          <Empty title="Choose a group">Its items stand here, and change while you look.</Empty>
        )
      }
    />
  )
}

function Schema({ details }: { details: StreamDetails }) {
  return (
    <div className={css.page}>
      <Facts
        rows={[
          ['File', details.hidden ? 'None: the server makes it' : <code key="file">{details.filePath}</code>],
          [
            'Who may follow',
            details.guarded ? 'Whoever canAccess lets in' : details.hidden ? 'Admins' : 'Everybody',
          ],
          [
            'Items end',
            details.ttl
              ? `${format.duration(details.ttl * 1000)} after they were set`
              : 'Never, unless set so',
          ],
          ['Over HTTP', details.sse ? <code key="sse">GET {details.sse}</code> : 'Only by the socket'],
          ['Kept in', details.storageType ?? null],
        ]}
      />
      <section className={css.schema} aria-label="Schema">
        <div className={css.head}>
          <h3>Schema of an item</h3>
          {details.schema ? (
            <CopyButton text={() => JSON.stringify(details.schema, null, 2)} label="Copy the schema" />
          ) : null}
        </div>
        {details.schema ? (
          <JsonView value={details.schema} open={4} label="Schema" />
        ) : (
          <p className={css.under}>None: an item is any object.</p>
        )}
      </section>
    </div>
  )
}
