/** Source text with colours and line numbers, and the editor for JSON. The editor itself is loaded when one is first shown;
 *  until then the plain text stands there. */
import { lazy, Suspense } from 'react'
import css from './CodeView.module.css'

const Editor = lazy(() => import('./editor/Editor'))

export interface LineRange {
  from: number
  to: number
}

interface CodeViewProps {
  text: string
  /** `typescript`, `javascript`, `python`, `ruby`, `json`; anything else has no colours. */
  language?: string
  /** Lines with a coloured ground, counted from 1. */
  highlights?: readonly LineRange[]
  /** Scrolled to, counted from 1. */
  line?: number
  label: string
}

export function CodeView({ text, language, highlights, line, label }: CodeViewProps) {
  return (
    <div className={css.frame}>
      <Suspense fallback={<Plain text={text} label={label} />}>
        <Editor text={text} language={language} highlights={highlights} line={line} label={label} />
      </Suspense>
    </div>
  )
}

/** Until the editor is there; it may be long, so the keyboard reaches it. */
function Plain({ text, label }: { text: string; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached
    <section className={css.plain} aria-label={label} tabIndex={0}>
      {text}
    </section>
  )
}

export interface TextEditorProps {
  value: string
  onChange: (text: string) => void
  /** `json` unless told; JSON is checked, an error stands at its line. */
  language?: string
  label: string
  /** Ctrl/Cmd-Enter: send, save. */
  onSubmit?: () => void
  testId?: string
}

/** For JSON: `value` is text, also while it is not valid; `jsonError(value)` says what is wrong. */
export function JsonEditor({ value, onChange, language = 'json', label, onSubmit, testId }: TextEditorProps) {
  return (
    <div className={css.frame} data-testid={testId}>
      <Suspense fallback={<Plain text={value} label={label} />}>
        <Editor text={value} language={language} onChange={onChange} onSubmit={onSubmit} label={label} />
      </Suspense>
    </div>
  )
}
