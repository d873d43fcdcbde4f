/** One cron step: when it runs next, run now, pause and resume, all its runs, its settings. */
import { Pause, Play, Zap } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { to, useParam } from '../../app/address'
import { useSourceOf } from '../../app/sources'
import { type Cron, type Ran, usePost } from '../../data'
import {
  Ago,
  Button,
  Facts,
  format,
  JsonView,
  Moment,
  Notice,
  Panel,
  Status,
  Tabs,
  Until,
} from '../../design'
import css from './cron.module.css'
import { Runs } from './Runs'
import { inWords } from './words'

export function CronPanel({ cron, onClose }: { cron: Cron; onClose: () => void }) {
  const [tab, setTab] = useParam('tab', 'runs')
  const [ran, setRan] = useState<Ran | null>(null)
  const words = inWords(cron.cron)
  return (
    <Panel
      name="cron"
      label={`Cron step ${cron.name}`}
      title={cron.name}
      onClose={onClose}
      subtitle={
        <span className={css.words}>
          {words ?? cron.cron}
          {cron.timezone ? `, ${cron.timezone}` : ''}
        </span>
      }
    >
      <Deeds cron={cron} onRan={setRan} />
      {cron.paused ? (
        <Notice tone="warn" icon={Pause} title="Paused" testId="paused-note">
          Since <Ago at={cron.pausedSince} suffix=" ago" />. Ticks pass without a run, and are not made up
          for. It outlives restarts.
        </Notice>
      ) : null}
      {ran ? <Outcome ran={ran} /> : null}
      <Tabs
        label="Details"
        value={tab}
        onChange={setTab}
        tabs={[
          { id: 'runs', label: 'Runs', content: <Runs cron={cron} /> },
          { id: 'settings', label: 'Settings', content: <Settings cron={cron} />, testId: 'cron-settings' },
        ]}
      />
    </Panel>
  )
}

function Deeds({ cron, onRan }: { cron: Cron; onRan: (ran: Ran) => void }) {
  const body = { name: cron.name }
  const pause = usePost<typeof body>('api/crons/pause', { says: `${cron.name} is paused` })
  const resume = usePost<typeof body>('api/crons/resume', { says: `${cron.name} runs by the clock again` })
  const run = usePost<typeof body, Ran>('api/crons/run', {
    refreshes: ['api/crons', 'api/traces'],
    onDone: onRan,
  })
  return (
    <div className={css.deeds}>
      <Button
        tone="primary"
        small
        icon={Zap}
        busy={run.isPending}
        onClick={() => run.mutate(body)}
        data-testid="run-now"
      >
        {run.isPending ? 'Running…' : 'Run now'}
      </Button>
      <Button
        small
        icon={cron.paused ? Play : Pause}
        busy={pause.isPending || resume.isPending}
        onClick={() => (cron.paused ? resume : pause).mutate(body)}
        data-testid="pause"
      >
        {cron.paused ? 'Resume' : 'Pause'}
      </Button>
      <span className={css.next} data-testid="next">
        {cron.paused ? null : (
          <>
            Next <Until at={cron.next} />, <Moment at={cron.next} />
          </>
        )}
      </span>
    </div>
  )
}

function Outcome({ ran }: { ran: Ran }) {
  const hasFailed = ran.error !== null
  return (
    <section className={css.outcome} aria-label="Run by hand" data-testid="outcome">
      <div className={css.outcomeHead}>
        <Status state={hasFailed ? 'failed' : 'completed'}>
          {hasFailed ? 'Run by hand failed' : 'Run by hand completed'}
        </Status>
        <Link href={to.trace(ran.traceId)}>Open its trace</Link>
      </div>
      {hasFailed ? <p className={css.fails}>{ran.error}</p> : null}
      {ran.result === null ? null : <JsonView value={ran.result} open={1} label="Result" />}
    </section>
  )
}

function Settings({ cron }: { cron: Cron }) {
  const source = useSourceOf(cron.name)
  return (
    <Facts
      rows={[
        ['Expression', <code key="expression">{cron.cron}</code>],
        ['In words', inWords(cron.cron)],
        ['Time zone', cron.timezone ?? 'That of the server'],
        [
          'Next',
          cron.next === null ? null : (
            <span key="next">
              <Moment at={cron.next} />, by the clock of this browser
            </span>
          ),
        ],
        [
          'Overlap',
          cron.overlap === 'allow'
            ? 'Allowed: a tick runs although the last run still does'
            : 'Skipped: a tick passes while the last run still runs',
        ],
        ['Skipped', `${format.plural(cron.skipped, 'tick')} since the server started`],
        [
          'Catch up',
          cron.catchUp > 0
            ? `A tick missed at most ${format.duration(cron.catchUp * 1000)} ago runs once at the start`
            : 'Missed ticks are not made up for',
        ],
        ['Running', cron.running > 0 ? format.plural(cron.running, 'run') : 'No'],
        ['Runs', `${format.count(cron.runs)}, ${format.count(cron.failures)} failed`],
        ['Median', format.duration(cron.p50)],
        ['95th percentile', format.duration(cron.p95)],
        ['Flows', cron.flows.length > 0 ? cron.flows.join(', ') : null],
        [
          'File',
          source ? (
            <Link key="file" href={source.href}>
              {cron.filePath}
            </Link>
          ) : (
            cron.filePath
          ),
        ],
        [
          'Logs',
          <Link key="logs" href={to.logs({ step: cron.name })}>
            What it logged
          </Link>,
        ],
        [
          'Queue',
          <Link key="queue" href={to.queue(cron.name)}>
            Its queue
          </Link>,
        ],
      ]}
    />
  )
}
