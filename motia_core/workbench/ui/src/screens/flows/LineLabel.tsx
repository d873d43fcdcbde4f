/** What stands on a line of the graph: its topic and how many events have passed; where one line is drawn for many, the
 *  first of them, and all when it is pressed. */
import { classes, format, Popover } from '../../design'
import { type Bundle, rowsOf } from './bundles'
import type { GraphLine } from './graph'
import css from './Line.module.css'
import { lineKey, useCount } from './watch'

interface LineLabelProps {
  bundle: Bundle
  /** Events that passed along any of its lines. */
  count: number
  x: number
  y: number
  isQuiet: boolean
}

export function LineLabel({ bundle, count, x, y, isQuiet }: LineLabelProps) {
  const [line] = bundle.lines
  const look = {
    className: classes(
      css.label,
      'nodrag nopan',
      line.isVirtual && css.virtual,
      line.isConditional && css.conditional,
      isQuiet && css.quiet,
    ),
    style: { transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` },
    title: title(bundle, count),
    'data-testid': `line-${line.from}-${line.to}`,
  }
  const passed = count > 0 ? <span className={css.count}>{format.count(count)}</span> : null
  if (bundle.lines.length === 1)
    return (
      <div {...look}>
        {line.label}
        {passed}
      </div>
    )
  const words = format.plural(bundle.lines.length, 'topic')
  return (
    <Popover
      label={`${words}: ${line.from} → ${line.to}`}
      align="center"
      trigger={
        <button type="button" {...look} className={classes(look.className, css.many)}>
          {rowsOf(bundle).map((row, at) => (
            <span key={at}>{row}</span>
          ))}
          {passed}
        </button>
      }
    >
      <p className={css.between}>
        {words}: {line.from} → {line.to}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list scrolls, also by the keyboard */}
      <ul className={css.topics} tabIndex={0} data-testid="line-topics">
        {bundle.lines.map((one) => (
          <Topic key={one.id} line={one} />
        ))}
      </ul>
    </Popover>
  )
}

function Topic({ line }: { line: GraphLine }) {
  const count = useCount(lineKey(line.from, line.topic, line.to))
  return (
    <li title={line.topic}>
      {line.label} {count > 0 ? <span className={css.count}>{format.count(count)}</span> : null}
    </li>
  )
}

function title({ lines }: Bundle, count: number): string {
  const [line] = lines
  const topics = lines.length === 1 ? line.topic : format.plural(lines.length, 'topic')
  const what = line.isVirtual ? 'drawn only, nothing is sent' : `${count} passed since this page first looked`
  const sometimes = line.isConditional ? ', sometimes emitted' : ''
  return `${topics}: ${line.from} → ${line.to}${sometimes}; ${what}`
}
