/** Two panes with a bar between them that can be dragged, or moved with the arrow keys. The size is remembered. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react'
import { classes } from './classes'
import css from './Split.module.css'
import { useKept } from './useKept'

/** A size in px that is remembered under `name`, kept within bounds. */
export function useSize(
  name: string,
  first: number,
  least: number,
  most: number,
): [number, (size: number) => void] {
  const [size, keep] = useKept(`size:${name}`, first)
  return [bounded(size, least, most), (wanted) => keep(Math.round(bounded(wanted, least, most)))]
}

interface SplitProps {
  /** Remembered under this name. */
  name: string
  /** `row`: beside each other; `column`: one above the other. */
  direction?: 'row' | 'column'
  /** A pane that is null leaves its room to the other. */
  first: ReactNode
  second: ReactNode
  /** Of the first pane, in px. */
  size?: number
  least?: number
  most?: number
  label: string
}

export function Split({
  name,
  direction = 'row',
  first,
  second,
  size = 280,
  least = 160,
  most = 720,
  label,
}: SplitProps) {
  const [now, setNow] = useSize(name, size, least, most)
  const isRow = direction === 'row'
  return (
    <div className={classes(css.split, isRow ? css.row : css.column)}>
      {first === null ? null : second === null ? (
        <div className={css.second}>{first}</div>
      ) : (
        <div className={css.first} style={isRow ? { width: now } : { height: now }}>
          {first}
          <Resizer size={now} onSize={setNow} from="start" isRow={isRow} label={label} />
        </div>
      )}
      {second === null ? null : <div className={css.second}>{second}</div>}
    </div>
  )
}

interface ResizerProps {
  size: number
  onSize: (size: number) => void
  /** The pane it belongs to stands at the start or at the end. */
  from: 'start' | 'end'
  isRow?: boolean
  label: string
}

export function Resizer({ size, onSize, from, isRow = true, label }: ResizerProps) {
  const [grip, setGrip] = useState<{ at: number; size: number } | null>(null)
  const sign = from === 'start' ? 1 : -1
  const place = (event: PointerEvent) => (isRow ? event.clientX : event.clientY)
  const press = (event: KeyboardEvent) => {
    const [less, more] = isRow ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    onSize(size + (event.key === more ? 24 : -24) * sign)
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a bar that is moved is a separator with a value, which <hr> is not
    <div
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={isRow ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      className={classes(
        css.bar,
        isRow ? css.upright : css.flat,
        from === 'start' ? css.atEnd : css.atStart,
        grip !== null && css.held,
      )}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setGrip({ at: place(event), size })
      }}
      onPointerMove={(event) => grip && onSize(grip.size + (place(event) - grip.at) * sign)}
      onPointerUp={() => setGrip(null)}
      onPointerCancel={() => setGrip(null)}
    />
  )
}

function bounded(size: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, size))
}
