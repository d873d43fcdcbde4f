/** Files that are broken or odd: what is wrong, the line it is about, what to do. Shown only when there are any. */
import { CircleAlert, Info, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useParam } from '../../app/address'
import { type Overview, type Problem, useList } from '../../data'
import { Badge, Button, Card, classes } from '../../design'
import page from './Overview.module.css'
import css from './Problems.module.css'

const ICONS = { error: CircleAlert, warning: TriangleAlert, info: Info }
const FIRST = 5

export function Problems({ seen }: { seen: Overview }) {
  const [isWhole, setWhole] = useState(false)
  const rest = useList<Problem>('api/problems', {}, { limit: 100, enabled: isWhole, every: 5000 })
  if (seen.problemCount === 0) return null
  const shown = isWhole && rest.items.length ? rest.items : seen.problems.slice(0, FIRST)
  const isAll = shown.length >= seen.problemCount
  return (
    <div id="broken-files" tabIndex={-1} className={page.anchor}>
      <Card title="Broken files" testId="problems" actions={<Badge tone="warn">{seen.problemCount}</Badge>}>
        <ul>
          {shown.map((one) => (
            <Row key={`${one.filePath}:${one.line}:${one.code}:${one.message}`} problem={one} />
          ))}
        </ul>
        {isAll ? null : (
          <div className={page.row}>
            <Button
              small
              tone="quiet"
              busy={isWhole && (rest.isLoading || rest.isLoadingMore)}
              onClick={() => (isWhole ? rest.loadMore() : setWhole(true))}
            >
              Show more of {seen.problemCount}
            </Button>
          </div>
        )}
      </Card>
    </div>
  )
}

function Row({ problem }: { problem: Problem }) {
  const Icon = ICONS[problem.severity]
  return (
    <li className={css.problem} data-testid="problem">
      <Icon size={16} aria-label={problem.severity} className={classes(css.icon, css[problem.severity])} />
      <div className={css.words}>
        <div className={css.head}>
          <span className={css.message}>{problem.message}</span>
          <code className={css.code}>{problem.code}</code>
        </div>
        <Place problem={problem} />
        {problem.source !== null && problem.line !== null ? (
          <pre className={css.source}>
            <span className={css.line}>{problem.line}</span>
            {problem.source}
          </pre>
        ) : null}
        {problem.hint ? <p className={css.hint}>{problem.hint}</p> : null}
      </div>
    </li>
  )
}

function Place({ problem: { filePath, line, column } }: { problem: Problem }) {
  const [, setFile] = useParam('file')
  const [, setLine] = useParam('line')
  if (filePath === null) return null
  const place = [filePath, line, line === null ? null : column].filter((one) => one != null).join(':')
  return (
    <button
      type="button"
      className={css.place}
      onClick={() => {
        setFile(filePath, { push: true })
        setLine(line === null ? '' : String(line))
      }}
    >
      {place}
    </button>
  )
}
