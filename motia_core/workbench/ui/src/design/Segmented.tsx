/** A few choices of which one holds: filters, views. Arrow keys move. */
import type { KeyboardEvent } from 'react'
import css from './Field.module.css'
import { count } from './format'

export interface Segment<T extends string> {
  value: T
  label: string
  /** Shown behind the label. */
  count?: number
}

interface SegmentedProps<T extends string> {
  options: readonly Segment<T>[]
  value: T
  onChange: (value: T) => void
  label: string
}

export function Segmented<T extends string>({ options, value, onChange, label }: SegmentedProps<T>) {
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0
    if (step === 0) return
    event.preventDefault()
    const at = options.findIndex((option) => option.value === value)
    const next = options[(at + step + options.length) % options.length]
    if (!next) return
    onChange(next.value)
    event.currentTarget.querySelectorAll<HTMLElement>('[role=radio]')[options.indexOf(next)]?.focus()
  }
  return (
    <div role="radiogroup" aria-label={label} className={css.segmented} onKeyDown={press}>
      {options.map((option) => (
        // biome-ignore lint/a11y/useSemanticElements: buttons that look pressed, not inputs
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === value ? 0 : -1}
          className={css.segment}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.count === undefined ? null : (
            <span className={css.segmentCount}>{count(option.count)}</span>
          )}
        </button>
      ))}
    </div>
  )
}
