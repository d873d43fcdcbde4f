/** Runs that one run started, by step, and whether they went well. */
import { useMemo } from 'react'
import { Link } from 'wouter'
import type { Run } from '../../data'
import { format, Section, Status } from '../../design'
import css from './RunPanel.module.css'

const MOST = 12

/** Runs that this one started, by step; those of a flood are counted. */
export function LedTo({ run, runs, href }: { run: Run; runs: readonly Run[]; href: (run: Run) => string }) {
  const steps = useMemo(() => {
    const found = new Map<string, Run[]>()
    for (const one of runs) {
      if (one.parentId !== run.id) continue
      const known = found.get(one.name)
      if (known) known.push(one)
      else found.set(one.name, [one])
    }
    return [...found]
  }, [run, runs])
  if (steps.length === 0) return null
  return (
    <Section title="Led to">
      <ul className={css.children}>
        {steps.slice(0, MOST).map(([name, found]) => (
          <li key={name}>
            <Status state={worst(found)}>
              <Link
                href={href(found.find((one) => one.status === worst(found)) ?? (found[0] as Run))}
                data-testid="to-child"
              >
                {name}
              </Link>
            </Status>
            <span className={css.faint}>
              {found.length > 1
                ? format.plural(found.length, 'run')
                : format.duration((found[0]?.endTime ?? Number.NaN) - (found[0]?.startTime ?? 0))}
              {found[0]?.topic ? ` by ${found[0].topic}` : ''}
            </span>
          </li>
        ))}
        {steps.length > MOST ? (
          <li className={css.faint}>and {format.plural(steps.length - MOST, 'more step')}</li>
        ) : null}
      </ul>
    </Section>
  )
}

/** Of each delivery its last attempt counts. */
function worst(runs: readonly Run[]): string {
  const last = new Map(runs.map((run) => [run.delivery ?? run.id, run.status]))
  const all = [...last.values()]
  return all.includes('failed') ? 'failed' : all.includes('running') ? 'running' : 'completed'
}
