/** Cron: steps that run by the clock: when next, how it went. */
import { CalendarClock } from 'lucide-react'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { to, useParam } from '../../app/address'
import type { Cron as CronStep } from '../../data'
import {
  Ago,
  Badge,
  type Column,
  Empty,
  ErrorNote,
  format,
  Screen,
  SearchField,
  Skeleton,
  Status,
  Table,
  Until,
} from '../../design'
import { CronPanel } from './CronPanel'
import css from './cron.module.css'
import { useCrons } from './data'
import { Strip } from './Strip'
import { inWords } from './words'

const EXAMPLE = `export const config = { type: 'cron', name: 'Nightly', cron: '0 3 * * *' }`

export default function Cron() {
  const { crons, isLoading, error } = useCrons()
  const [q, setQ] = useParam('q')
  const [open, setOpen] = useParam('open')
  const found = useMemo(() => {
    const wanted = q.toLowerCase()
    return crons.filter((one) =>
      `${one.name} ${one.cron} ${inWords(one.cron) ?? ''} ${one.description ?? ''}`
        .toLowerCase()
        .includes(wanted),
    )
  }, [crons, q])
  const chosen = crons.find((one) => one.name === open)
  const paused = crons.filter((one) => one.paused).length
  return (
    <Screen
      title="Cron"
      testId="cron"
      about={
        crons.length > 0 ? (
          <>
            <span>{format.plural(crons.length, 'step')}</span>
            {paused > 0 ? <Badge tone="warn">{paused} paused</Badge> : null}
          </>
        ) : null
      }
      toolbar={<SearchField value={q} onChange={setQ} label="Search names and schedules" />}
      panel={chosen ? <CronPanel key={chosen.id} cron={chosen} onClose={() => setOpen('')} /> : null}
    >
      {error ? (
        <ErrorNote error={error} />
      ) : isLoading ? (
        <Skeleton />
      ) : crons.length === 0 ? (
        <Empty icon={CalendarClock} title="No cron steps yet" code={EXAMPLE}>
          A cron step runs by the clock: once per tick, over all servers on one database. Five fields, or six
          with seconds first.
        </Empty>
      ) : found.length === 0 ? (
        <Empty title={`No cron step is like “${q}”`}>
          Names, descriptions and schedules are looked through.
        </Empty>
      ) : (
        <Table
          columns={COLUMNS}
          items={found}
          keyOf={(one) => one.id}
          label="Cron steps"
          height={56}
          sort="name"
          selected={open}
          onSelect={(one) => setOpen(one.name, { push: true })}
          testId="crons"
          rowTestId={(one) => `cron-${one.name}`}
        />
      )}
    </Screen>
  )
}

const COLUMNS: Column<CronStep>[] = [
  {
    id: 'name',
    head: 'Step',
    by: (one) => one.name,
    width: 'minmax(9rem, 1.2fr)',
    cell: (one) => (
      <div className={css.two}>
        <span className={css.name}>
          {one.name}
          {one.paused ? <Badge tone="warn">paused</Badge> : null}
          {one.running > 0 ? <Badge tone="running">running</Badge> : null}
        </span>
        {one.description ? <span className={css.under}>{one.description}</span> : null}
      </div>
    ),
  },
  {
    id: 'schedule',
    head: 'Schedule',
    width: 'minmax(9rem, 1fr)',
    cell: (one) => <Schedule cron={one} />,
  },
  {
    id: 'next',
    head: 'Next',
    width: '8rem',
    by: (one) => one.next,
    cell: (one) => (one.paused ? <span className={css.under}>paused</span> : <Until at={one.next} />),
  },
  {
    id: 'last',
    head: 'Last run',
    width: 'minmax(8rem, 10rem)',
    by: (one) => one.last && -one.last.startTime,
    cell: (one) => <Last cron={one} />,
  },
  {
    id: 'recent',
    head: 'Recent runs',
    width: '9.5rem',
    cell: (one) => <Strip runs={one.recent ?? []} />,
  },
  {
    id: 'p95',
    head: 'p95',
    width: '5.5rem',
    align: 'end',
    by: (one) => one.p95,
    cell: (one) => format.duration(one.p95),
  },
  {
    id: 'skipped',
    head: 'Skipped',
    width: '5.5rem',
    align: 'end',
    by: (one) => one.skipped,
    cell: (one) => (
      <span className={one.skipped > 0 ? css.warns : css.under}>{format.count(one.skipped)}</span>
    ),
  },
]

function Schedule({ cron }: { cron: CronStep }) {
  const words = inWords(cron.cron)
  return (
    <div className={css.two}>
      {words ? <span className={css.words}>{words}</span> : <code>{cron.cron}</code>}
      <span className={css.under}>
        {words ? <code>{cron.cron}</code> : null} {cron.timezone}
      </span>
    </div>
  )
}

function Last({ cron }: { cron: CronStep }) {
  const { last } = cron
  if (!last) return <span className={css.under}>{last === null ? 'never yet' : '–'}</span>
  return (
    <div className={css.two}>
      <Link href={to.trace(last.traceId)} onClick={(event) => event.stopPropagation()} className={css.last}>
        <Status state={last.status} />
      </Link>
      <span className={css.under}>
        <Ago at={last.startTime} suffix=" ago" />
        {last.duration === null ? null : `, ${format.duration(last.duration)}`}
      </span>
    </div>
  )
}
