/** A field to look for something. Tells what is wanted after a short pause, or with Enter; Escape empties it; `/` leads to it. */
import { Search, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { IconButton } from './Button'
import css from './Field.module.css'

interface SearchFieldProps {
  value: string
  onChange: (value: string) => void
  /** What is looked through: `Search traces`. */
  label: string
  /** ms without a key before `onChange`. */
  pause?: number
  testId?: string
}

export function SearchField({ value, onChange, label, pause = 150, testId }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const input = useRef<HTMLInputElement>(null)
  const told = useRef(value)
  const tell = useRef(onChange)
  useEffect(() => {
    tell.current = onChange
  })
  // From outside, by a link say.
  useEffect(() => {
    if (value !== told.current) {
      told.current = value
      setText(value)
    }
  }, [value])
  useEffect(() => {
    if (text === told.current) return
    const timer = setTimeout(() => {
      told.current = text
      tell.current(text)
    }, pause)
    return () => clearTimeout(timer)
  }, [text, pause])
  const empty = () => {
    setText('')
    told.current = ''
    onChange('')
  }
  return (
    <div className={css.search}>
      <Search size={14} aria-hidden />
      <input
        ref={input}
        type="search"
        className={css.input}
        value={text}
        placeholder={label}
        aria-label={label}
        autoComplete="off"
        spellCheck={false}
        data-search
        data-testid={testId}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && text !== told.current) {
            told.current = text
            onChange(text)
          }
          if (event.key !== 'Escape' || text === '') return
          event.preventDefault()
          empty()
        }}
      />
      {text ? (
        <span className={css.clear}>
          <IconButton
            icon={X}
            label="Clear the search"
            small
            onClick={() => {
              empty()
              input.current?.focus()
            }}
          />
        </span>
      ) : null}
    </div>
  )
}
