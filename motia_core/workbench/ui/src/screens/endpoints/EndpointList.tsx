/** All endpoints by flow. A flow's row folds what is below it. */
import { ChevronRight, TriangleAlert } from 'lucide-react'
import { useMemo } from 'react'
import type { Endpoint, Problem } from '../../data'
import { classes, MethodTag, useKept, VirtualList } from '../../design'
import { type Line, lines } from './groups'
import { Template } from './PathName'
import css from './screen.module.css'

interface EndpointListProps {
  items: readonly Endpoint[]
  problems: readonly Problem[]
  open: string | undefined
  /** What is looked for is shown wherever it stands. */
  isSearch: boolean
  onOpen: (id: string) => void
}

const NONE: string[] = []

export function EndpointList({ items, problems, open, isSearch, onOpen }: EndpointListProps) {
  const [folded, setFolded] = useKept<string[]>('endpoint-flows-folded', NONE)
  const shown = useMemo(() => lines(items, folded, isSearch), [items, folded, isSearch])
  const broken = useMemo(() => {
    const files = new Set(problems.filter((one) => one.severity === 'error').map((one) => one.filePath))
    return new Set(items.filter((one) => one.broken || files.has(one.filePath ?? '')).map((one) => one.id))
  }, [items, problems])
  const chosen = shown.find((line) => line.kind === 'endpoint' && line.endpoint.id === open)?.key
  const fold = (key: string) => {
    const name = key.slice('flow '.length)
    setFolded(folded.includes(name) ? folded.filter((one) => one !== name) : [...folded, name])
  }
  return (
    <VirtualList<Line>
      items={shown}
      keyOf={(line) => line.key}
      label="Endpoints"
      testId="endpoints-list"
      height={32}
      selected={chosen}
      onSelect={(line) => (line.kind === 'flow' ? fold(line.key) : onOpen(line.endpoint.id))}
      rowTestId={(line) =>
        line.kind === 'flow'
          ? `endpoints-flow-${line.flow}`
          : `endpoint-${line.endpoint.method}-${line.endpoint.path}${line.isAgain ? ` in ${line.flow}` : ''}`
      }
      rowClass={(line) =>
        classes(css.line, line.kind === 'endpoint' && line.endpoint.id === open && css.chosen)
      }
      row={(line) =>
        line.kind === 'flow' ? (
          <span className={css.flow}>
            <ChevronRight size={13} aria-hidden className={classes(css.fold, line.isOpen && css.unfolded)} />
            <span className={css.flowName}>{line.flow}</span>
            <span className={css.count}>{line.count}</span>
            <span className="visually-hidden">{line.isOpen ? 'unfolded' : 'folded'}</span>
          </span>
        ) : (
          <span className={css.endpoint} title={`${line.endpoint.path} · ${line.endpoint.step}`}>
            <MethodTag method={line.endpoint.method} />
            <Template path={line.endpoint.path} />
            {broken.has(line.endpoint.id) ? (
              <span className={css.warning}>
                <TriangleAlert size={14} aria-hidden />
                <span className="visually-hidden">its file is broken</span>
              </span>
            ) : null}
          </span>
        )
      }
    />
  )
}
