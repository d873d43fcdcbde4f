/** Any JSON as a tree that folds. Bounded: long lists and texts show a part and a button for more. Each row can be copied as
 *  its value or its path. */
import { ChevronRight, Link2 } from 'lucide-react'
import { useState } from 'react'
import { CopyButton } from './CopyButton'
import { classes } from './classes'
import { Exact } from './exact'
import { plural } from './format'
import css from './JsonView.module.css'

interface JsonViewProps {
  value: unknown
  /** Levels that are open at first. */
  open?: number
  label?: string
}

const PART = 100
const LONG = 400

export function JsonView({ value, open = 2, label = 'JSON' }: JsonViewProps) {
  return (
    <ul className={css.tree} aria-label={label}>
      <Entry name={null} value={value} path="" level={0} open={open} />
    </ul>
  )
}

interface EntryProps {
  name: string | number | null
  value: unknown
  path: string
  level: number
  open: number
}

function Entry({ name, value, path, level, open }: EntryProps) {
  const [isOpen, setOpen] = useState(level < open)
  const [shown, setShown] = useState(PART)
  const isTree = value !== null && typeof value === 'object' && !(value instanceof Exact)
  const keys: (string | number)[] = !isTree
    ? []
    : Array.isArray(value)
      ? [...value.keys()].slice(0, shown)
      : Object.keys(value).slice(0, shown)
  const size = !isTree ? 0 : Array.isArray(value) ? value.length : Object.keys(value).length
  const foldable = isTree && size > 0
  return (
    <li>
      <div className={css.row} style={{ paddingLeft: `${level * 1.1}rem` }}>
        {foldable ? (
          <button
            type="button"
            className={css.fold}
            aria-expanded={isOpen}
            aria-label={isOpen ? 'Fold' : 'Unfold'}
            onClick={() => setOpen(!isOpen)}
          >
            <ChevronRight size={12} aria-hidden className={classes(isOpen && css.turned)} />
          </button>
        ) : (
          <span className={css.fold} />
        )}
        {name === null ? null : (
          <>
            <span className={typeof name === 'number' ? css.index : css.name}>{name}</span>
            <span className={css.colon}>:</span>
          </>
        )}
        {isTree ? <span className={css.size}>{sizeOf(value, size)}</span> : <Scalar value={value} />}
        <span className={css.tools}>
          <CopyButton
            label="Copy the value"
            text={() => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))}
          />
          {path ? <PathButton path={path} /> : null}
        </span>
      </div>
      {foldable && isOpen ? (
        <ul>
          {keys.map((key) => (
            <Entry
              key={key}
              name={key}
              value={(value as Record<string | number, unknown>)[key]}
              path={typeof key === 'number' ? `${path}[${key}]` : join(path, key)}
              level={level + 1}
              open={open}
            />
          ))}
          {size > shown ? (
            <li>
              <button
                type="button"
                className={css.more}
                style={{ marginLeft: `${(level + 1) * 1.1 + 1.2}rem` }}
                onClick={() => setShown(shown + PART)}
              >
                {plural(size - shown, 'more entry', 'more entries')}
              </button>
            </li>
          ) : null}
        </ul>
      ) : null}
    </li>
  )
}

function PathButton({ path }: { path: string }) {
  return (
    <span className={css.path}>
      <Link2 size={12} aria-hidden />
      <CopyButton label={`Copy the path ${path}`} text={path} />
    </span>
  )
}

function Scalar({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false)
  if (typeof value !== 'string') return <span className={css[scalar(value)]}>{String(value)}</span>
  const isLong = value.length > LONG && !isWhole
  return (
    <span className={css.string}>
      {JSON.stringify(isLong ? value.slice(0, LONG) : value)}
      {isLong ? (
        <button type="button" className={css.more} onClick={() => setWhole(true)}>
          {plural(value.length - LONG, 'more character')}
        </button>
      ) : null}
    </span>
  )
}

function scalar(value: unknown): string {
  return value === null ? 'nothing' : value instanceof Exact ? 'number' : typeof value
}

function sizeOf(value: object, size: number): string {
  return Array.isArray(value) ? `[${plural(size, 'entry', 'entries')}]` : `{${plural(size, 'key')}}`
}

function join(path: string, key: string): string {
  if (!/^[A-Za-z_$][\w$]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path ? `${path}.${key}` : key
}
