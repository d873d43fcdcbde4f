/** The first sentence of the overview: all is well, or what is not and where it leads to. */
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Overview, type Pool, useLiveStatus } from '../../data'
import { classes, Dot, format, useNow } from '../../design'
import css from './Verdict.module.css'
import { headline, type Reason, reasons } from './verdict'

const PLACES = {
  problems: '#broken-files',
  queues: to.queue(),
  workers: to.worker(),
  failures: '#failures',
}

export function Verdict({ seen, pools }: { seen: Overview; pools: readonly Pool[] }) {
  const { state } = useLiveStatus()
  const now = useNow()
  const found = reasons(seen, pools, state === 'offline', now, PLACES)
  const [first] = found
  const Icon = first ? TriangleAlert : CircleCheck
  return (
    <section
      className={classes(css.verdict, first && css[first.tone])}
      aria-label="Health"
      data-testid="verdict"
    >
      <Icon size={22} aria-hidden className={css.icon} />
      <div className={css.words}>
        <p className={css.headline} role="status">
          {found.length === 1 && first ? <Said reason={first} /> : headline(found)}
        </p>
        {found.length > 1 ? (
          <ul className={css.reasons}>
            {found.map((reason) => (
              <li key={reason.says} className={css[reason.tone]}>
                <Dot tone={reason.tone} />
                <Said reason={reason} />
              </li>
            ))}
          </ul>
        ) : (
          <p className={css.about}>{summary(seen)}</p>
        )}
      </div>
    </section>
  )
}

function Said({ reason: { says, href } }: { reason: Reason }) {
  if (!href) return says
  if (!href.startsWith('#')) return <Link href={href}>{says}</Link>
  return (
    <a
      href={href}
      onClick={(event) => {
        // The page's base is not its address: the browser would leave it.
        event.preventDefault()
        const there = document.getElementById(href.slice(1))
        there?.scrollIntoView({ block: 'start', behavior: 'smooth' })
        there?.focus({ preventScroll: true })
      }}
    >
      {says}
    </a>
  )
}

function summary(seen: Overview): string {
  const languages = Object.keys(seen.health.languages ?? {})
  const served = `${format.plural(seen.steps, 'step')} in ${format.plural(languages.length, 'runtime')}`
  const ran = seen.runs === 0 ? 'nothing ran yet' : `${format.plural(seen.runs, 'run')}, ${failed(seen)}`
  return `${served} · ${ran} since the start`
}

function failed(seen: Overview): string {
  return seen.failed === 0 ? 'none failed' : `${format.count(seen.failed)} failed`
}
