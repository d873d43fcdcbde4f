/** A line without axes: how a figure went lately. */
import css from './Spark.module.css'

interface SparkProps {
  values: readonly number[]
  /** What the line shows, for those who do not see it. */
  label: string
  width?: number
  height?: number
  tone?: 'accent' | 'ok' | 'warn' | 'fail' | 'running'
}

export function Spark({ values, label, width = 96, height = 24, tone = 'accent' }: SparkProps) {
  const top = Math.max(1e-9, ...values)
  const step = values.length > 1 ? width / (values.length - 1) : width
  const points = values.map((value, at) => [at * step, height - 1.5 - (value / top) * (height - 3)] as const)
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className={css.spark}
      style={{ color: `var(--${tone})` }}
    >
      {values.length > 1 ? (
        <>
          <polygon points={`0,${height} ${line} ${width},${height}`} className={css.area} />
          <polyline points={line} className={css.line} />
        </>
      ) : null}
    </svg>
  )
}
