/** A step's source. What its author points out in `NAME-features.json` stands above it; choosing one leads to its lines. */
import { useMemo, useState } from 'react'
import { type Feature, type Step, type StepSource, useGet } from '../../data'
import { CodeView, CopyButton, ErrorNote, type LineRange, Skeleton } from '../../design'
import css from './flows.module.css'
import { linesOf } from './lines'

export function Source({ step }: { step: Step }) {
  const { data, error, refetch, isPending } = useGet<StepSource>(
    `/__motia/step/${step.id}`,
    {},
    { every: 4000 },
  )
  const [chosen, setChosen] = useState<string | null>(null)
  const features = useMemo(() => (data?.features ?? []).filter(isFeature), [data])
  const open = features.find((one, at) => nameOf(one, at) === chosen)
  const highlights = useMemo<LineRange[]>(
    () => (open ? linesOf(open.lines) : features.flatMap((one) => linesOf(one.lines))),
    [open, features],
  )
  if (error) return <ErrorNote error={error} onRetry={() => void refetch()} />
  if (isPending) return <Skeleton />
  return (
    <div className={css.source} data-testid="step-source-view">
      <div className={css.resultHead}>
        <span className={css.file}>{data.filePath}</span>
        <CopyButton text={data.content} label="Copy the source" />
      </div>
      {features.length ? (
        <section className={css.features} aria-label="What is to be seen here">
          {features.map((one, at) => {
            const name = nameOf(one, at)
            return (
              <button
                key={name}
                type="button"
                className={css.feature}
                data-feature-id={name}
                aria-pressed={name === chosen}
                onClick={() => setChosen(name === chosen ? null : name)}
              >
                <span className={css.featureTitle}>
                  {one.title}
                  <span className={css.featureLines}>{one.lines.join(', ')}</span>
                </span>
                <span className={css.featureText}>{one.description}</span>
              </button>
            )
          })}
        </section>
      ) : null}
      <CodeView
        text={data.content}
        language={step.language}
        highlights={highlights}
        line={open ? linesOf(open.lines)[0]?.from : step.line}
        label={`Source of ${step.name}`}
      />
    </div>
  )
}

/** Authors write these by hand: what has not the shape is left out. */
function isFeature(one: unknown): one is Feature {
  if (typeof one !== 'object' || one === null) return false
  const { title, lines } = one as Partial<Feature>
  return typeof title === 'string' && Array.isArray(lines)
}

function nameOf(feature: Feature, at: number): string {
  return feature.id ?? String(at)
}
