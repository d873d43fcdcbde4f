/** The left half of a row: where a run stands in the tree, its step, which attempt it was. */
import { ChevronRight } from 'lucide-react'
import { Badge, classes, Dot, toneOf } from '../../design'
import type { Row } from './tree'
import css from './Waterfall.module.css'

const MOST_DEPTH = 12

export function SpanName({ row, onFold }: { row: Row; onFold: (isFolded: boolean) => void }) {
  const { run, depth, below, isFolded, attempts, isMadeGood, isOnPath } = row
  return (
    <div
      className={css.name}
      style={{ paddingLeft: `calc(var(--s3) + ${Math.min(depth, MOST_DEPTH)} * 0.9rem)` }}
    >
      {below > 0 ? (
        <button
          type="button"
          tabIndex={-1}
          className={css.fold}
          aria-label={isFolded ? `Show the ${below} below` : `Hide the ${below} below`}
          onClick={(event) => {
            event.stopPropagation()
            onFold(!isFolded)
          }}
        >
          <ChevronRight size={13} aria-hidden className={classes(!isFolded && css.turned)} />
        </button>
      ) : (
        <span className={css.fold} />
      )}
      <Dot
        tone={isMadeGood ? 'warn' : toneOf(run.status)}
        label={run.status}
        pulses={run.status === 'running'}
      />
      <span className={classes(css.step, isOnPath && css.onPath)} title={run.name}>
        {run.name}
      </span>
      {isFolded ? <Badge>{below} below</Badge> : null}
      {attempts > 1 ? (
        <span className={css.attempt} title={`Attempt ${run.attempt} of this delivery`}>
          attempt {run.attempt}
        </span>
      ) : null}
    </div>
  )
}
