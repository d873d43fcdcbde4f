/** The way to every screen, with the numbers that ask to be looked at. Folds to icons; in a narrow window it is folded. */
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react'
import { Link } from 'wouter'
import type { Overview } from '../data'
import { CountBadge, classes, IconButton, type Tone, Tooltip, useKept, useMedia } from '../design'
import { useNewFailures } from './overview'
import css from './Rail.module.css'
import { SCREENS, type ScreenEntry } from './screens'

const NARROW = '(max-width: 760px)'

interface Mark {
  value: number
  tone: Tone
  label: string
}

export function Rail({ current, overview }: { current: string; overview: Overview | null }) {
  const [folds, setFolds] = useKept('rail-folded', false)
  const isNarrow = useMedia(NARROW)
  const isFolded = folds || isNarrow
  const failures = useNewFailures(overview, current === 'traces')
  const marks: Record<string, Mark> = {
    overview: { value: overview?.problemCount ?? 0, tone: 'warn', label: 'problems in files' },
    traces: { value: failures, tone: 'fail', label: 'new failures' },
    queues: { value: overview?.dead ?? 0, tone: 'fail', label: 'dead letters' },
  }
  return (
    <nav className={classes(css.rail, isFolded && css.folded)} aria-label="Screens">
      <ul className={css.list}>
        {SCREENS.map((screen) => (
          <li key={screen.id}>
            <RailLink
              screen={screen}
              isCurrent={screen.id === current}
              mark={marks[screen.id]}
              isFolded={isFolded}
            />
          </li>
        ))}
      </ul>
      {isNarrow ? null : (
        <div className={css.foot}>
          <IconButton
            icon={isFolded ? PanelLeftOpen : PanelLeftClose}
            label={isFolded ? 'Show the names' : 'Fold to icons'}
            onClick={() => setFolds(!folds)}
            aria-expanded={!isFolded}
          />
        </div>
      )}
    </nav>
  )
}

interface RailLinkProps {
  screen: ScreenEntry
  isCurrent: boolean
  mark?: Mark
  isFolded: boolean
}

function RailLink({ screen, isCurrent, mark, isFolded }: RailLinkProps) {
  const Icon = screen.icon
  const link = (
    <Link
      href={`/${screen.id}`}
      className={classes(css.link, isCurrent && css.current)}
      aria-current={isCurrent ? 'page' : undefined}
      data-testid={screen.testId}
    >
      <Icon size={17} aria-hidden />
      <span className={css.name}>{screen.label}</span>
      {mark ? (
        <span className={css.mark}>
          <CountBadge {...mark} />
        </span>
      ) : null}
    </Link>
  )
  if (!isFolded) return link
  return (
    <Tooltip text={screen.label} keys={`g ${screen.key}`} side="right">
      {link}
    </Tooltip>
  )
}
