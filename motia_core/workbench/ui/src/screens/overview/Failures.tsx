/** What failed lately: failures of the same kind as one, the newest first, each with its trace and its dead letters. */
import { RotateCcw } from 'lucide-react'
import { useEffect, useMemo } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import {
  type Delivery,
  type Overview,
  type Trace,
  type TraceWhole,
  useGet,
  useList,
  usePost,
} from '../../data'
import { Ago, Badge, Button, Card, format } from '../../design'
import { type FailureGroup, grouped } from './failures'
import css from './Overview.module.css'

const SHOWN = 8

export function Failures({ seen }: { seen: Overview }) {
  const traces = useList<Trace>('api/traces', { status: 'failed' }, { limit: 200 })
  const letters = useList<Delivery>(
    'api/deliveries',
    { state: 'dead' },
    { limit: 1000, enabled: seen.dead > 0 },
  )
  const newest = seen.failures[0]?.id
  const { reload } = traces
  const { reload: reloadLetters } = letters
  // biome-ignore lint/correctness/useExhaustiveDependencies: these say that there is news
  useEffect(reload, [reload, newest, seen.failed])
  useEffect(() => {
    if (seen.dead > 0) reloadLetters()
  }, [reloadLetters, seen.dead])
  const dead = seen.dead > 0 ? letters.items : NONE
  const groups = useMemo(() => grouped(traces.items, dead), [traces.items, dead])
  return (
    <div id="failures" tabIndex={-1} className={css.anchor}>
      <Card
        title="What failed lately"
        actions={<Link href={to.traces({ status: 'failed' })}>All failed traces</Link>}
        testId="failures"
      >
        {groups.slice(0, SHOWN).map((group) => (
          <Failure key={group.key} group={group} />
        ))}
        {groups.length === 0 && !traces.isLoading ? (
          <p className={css.calm}>
            {seen.rates.failuresPerMinute > 0
              ? 'Nothing failed for good: what did was mended by another try.'
              : 'Nothing failed as far as the history goes back.'}
          </p>
        ) : null}
        {groups.length > SHOWN ? (
          <p className={css.calm}>
            {format.plural(groups.length - SHOWN, 'other failure')} among the last{' '}
            {format.plural(traces.items.length, 'failed trace')}.
          </p>
        ) : null}
      </Card>
    </div>
  )
}

const NONE: readonly Delivery[] = []

function Failure({ group }: { group: FailureGroup }) {
  const step = useFailedStep(group)
  return (
    <div className={css.row} data-testid="failure">
      <div className={css.grow}>
        <div className={css.cut}>
          <Link href={to.trace(group.trace.id)} className={css.name}>
            {step}
          </Link>
          {step === group.trace.name ? null : <span className={css.quiet}> in {group.trace.name}</span>}
        </div>
        <div className={`${css.mono} ${css.cut}`} title={group.error}>
          {group.error}
        </div>
      </div>
      <div className={css.end}>
        {group.count > 1 ? <Badge title={`${group.count} times`}>×{format.count(group.count)}</Badge> : null}
        <span className={css.quiet}>
          <Ago at={group.at} suffix=" ago" />
        </span>
        <Redrive ids={group.dead} />
      </div>
    </div>
  )
}

function Redrive({ ids }: { ids: number[] }) {
  const redrive = usePost<{ ids: number[] }, { redriven: number }>('api/dead/redrive', {
    refreshes: ['api/deliveries', 'api/traces', 'api/queues'],
    says: ({ redriven }) => `${format.plural(redriven, 'delivery', 'deliveries')} put back into the queue`,
  })
  if (ids.length === 0) return null
  return (
    <Button
      small
      icon={RotateCcw}
      busy={redrive.isPending}
      onClick={() => redrive.mutate({ ids: ids.slice(0, 1000) })}
      title="Puts the dead letter back into the queue, with all its attempts"
      data-testid="redrive"
    >
      {ids.length === 1 ? 'Redrive' : `Redrive ${format.count(ids.length)}`}
    </Button>
  )
}

/** A trace is called after its first step: which one failed is asked for where nothing else says so. */
function useFailedStep({ trace, step, isSure }: FailureGroup): string {
  const found = useGet<TraceWhole>(`api/traces/${trace.id}`, {}, { enabled: !isSure }).data
  return found?.runs.findLast((run) => run.status === 'failed')?.name ?? step
}
