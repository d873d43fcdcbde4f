/** All runs of a cron step that history holds, the newest first; each leads to its trace. */
import { to, useGo } from '../../app/address'
import { type Cron, type Trace, useList } from '../../data'
import { Ago, type Column, Empty, ErrorNote, format, Skeleton, Status, Table } from '../../design'
import css from './cron.module.css'
import { useAfter } from './data'

/** Above so many the list stays as it is. */
const FRESH = 200

export function Runs({ cron }: { cron: Cron }) {
  const go = useGo()
  const list = useList<Trace>('api/traces', { step: cron.name })
  const signs = list.items.length > FRESH ? '' : `${cron.runs}/${cron.failures}/${cron.running}`
  useAfter(signs, list.reload)
  if (list.error) return <ErrorNote error={list.error} onRetry={list.reload} />
  if (list.isLoading) return <Skeleton rows={5} />
  if (list.items.length === 0)
    return (
      <Empty title="It has not run yet">At its next tick, or when you run it now, a run stands here.</Empty>
    )
  return (
    <Table
      columns={COLUMNS}
      items={list.items}
      keyOf={(one) => one.id}
      label={`Runs of ${cron.name}`}
      onSelect={(one) => go(to.trace(one.id))}
      onEnd={list.loadMore}
      testId="cron-runs"
    />
  )
}

const COLUMNS: Column<Trace>[] = [
  {
    id: 'status',
    head: 'Outcome',
    width: '7.5rem',
    cell: (one) => <Status state={one.status} />,
  },
  {
    id: 'start',
    head: 'Started',
    width: '6rem',
    cell: (one) => <Ago at={one.startTime} suffix=" ago" />,
  },
  {
    id: 'duration',
    head: 'Took',
    width: '5rem',
    align: 'end',
    cell: (one) => (one.endTime === undefined ? '–' : format.duration(one.endTime - one.startTime)),
  },
  {
    id: 'error',
    head: 'Error',
    cell: (one) => (
      <span className={css.fails} title={errorOf(one)}>
        {errorOf(one)}
      </span>
    ),
  },
]

function errorOf({ error }: Trace): string {
  return typeof error === 'string' ? error : (error?.message ?? '')
}
