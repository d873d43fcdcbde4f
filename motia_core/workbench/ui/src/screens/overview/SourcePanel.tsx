/** A broken file with the line that is wrong, and what of it is served meanwhile. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Flow, type Problem, useGet, useList } from '../../data'
import { CodeView, ErrorNote, Notice, Panel, Section, Skeleton } from '../../design'
import { languageOf } from './languages'
import css from './Overview.module.css'

interface SourcePanelProps {
  file: string
  line: number
  onClose: () => void
}

export function SourcePanel({ file, line, onClose }: SourcePanelProps) {
  const source = useGet<{ content: string }>('api/source', { file })
  const problems = useList<Problem>('api/problems', { q: file }, { every: 3000 })
  const graph = useGet<Flow>('api/graph').data
  const steps = graph?.steps.filter((one) => one.filePath === file) ?? []
  const about = problems.items.filter((one) => one.filePath === file)
  return (
    <Panel
      title={file}
      subtitle="Mend it in your editor: it is loaded anew when saved."
      onClose={onClose}
      name="source"
    >
      {about.map((one) => (
        <Notice
          key={`${one.line} ${one.code} ${one.message}`}
          tone={one.severity === 'error' ? 'fail' : 'warn'}
          title={`${one.line === null ? '' : `Line ${one.line}: `}${one.message}`}
        >
          {one.hint}
        </Notice>
      ))}
      {!problems.isLoading && about.length === 0 ? (
        <Notice title="Nothing is wrong with it any more" />
      ) : null}
      {steps.length ? (
        <Section title="Still served from it, as it was">
          {steps.map((step) => (
            <div key={step.id}>
              <Link href={to.flow(step.flows[0], { step: step.id })} className={css.name}>
                {step.name}
              </Link>
            </div>
          ))}
        </Section>
      ) : null}
      {source.error ? (
        <ErrorNote error={source.error} onRetry={() => void source.refetch()} />
      ) : source.data ? (
        <CodeView
          text={source.data.content}
          language={languageOf(file)}
          line={line}
          highlights={about.flatMap((one) => (one.line === null ? [] : [{ from: one.line, to: one.line }]))}
          label={`Source of ${file}`}
        />
      ) : (
        <Skeleton />
      )}
    </Panel>
  )
}
