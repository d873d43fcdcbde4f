/** Small marks: a state with its dot, a kind of step, a language, a number that asks to be looked at. Colour is never alone:
 *  the word stands beside it. */
import type { ReactNode } from 'react'
import css from './Badge.module.css'
import { classes } from './classes'
import { count } from './format'

export type Tone = 'ok' | 'warn' | 'fail' | 'running' | 'idle' | 'accent'

export function Badge({
  tone = 'idle',
  children,
  title,
}: {
  tone?: Tone
  children: ReactNode
  title?: string
}) {
  return (
    <span className={classes(css.badge, css[tone])} title={title}>
      {children}
    </span>
  )
}

/** `label` for those who do not see the colour, unless the word stands beside it anyway. */
export function Dot({ tone = 'idle', label, pulses }: { tone?: Tone; label?: string; pulses?: boolean }) {
  return (
    <>
      <span className={classes(css.dot, css[tone], pulses && css.pulses)} />
      {label ? <span className="visually-hidden">{label}</span> : null}
    </>
  )
}

const TONES: Record<string, Tone> = {
  ok: 'ok',
  ready: 'ok',
  completed: 'ok',
  live: 'ok',
  served: 'ok',
  running: 'running',
  busy: 'running',
  starting: 'running',
  connecting: 'running',
  degraded: 'warn',
  delayed: 'warn',
  blocked: 'warn',
  paused: 'warn',
  warning: 'warn',
  warn: 'warn',
  draining: 'warn',
  failed: 'fail',
  failing: 'fail',
  error: 'fail',
  dead: 'fail',
  missing: 'fail',
  broken: 'fail',
  offline: 'fail',
}

/** The tone of a word the server uses for a state. */
export function toneOf(state: string): Tone {
  return TONES[state] ?? 'idle'
}

/** `<Status state="failed" />`: the dot and the word. */
export function Status({ state, children }: { state: string; children?: ReactNode }) {
  const tone = toneOf(state)
  return (
    <span className={css.status}>
      <Dot tone={tone} pulses={tone === 'running'} />
      {children ?? state}
    </span>
  )
}

export function KindTag({ kind }: { kind: string }) {
  return <span className={classes(css.kind, css[kind] ?? css.noop)}>{kind}</span>
}

export function MethodTag({ method }: { method: string }) {
  return <span className={classes(css.method, css[`m${method}`])}>{method}</span>
}

export function LanguageTag({ language }: { language: string }) {
  return (
    <span className={css.language}>
      <span
        className={css.languageDot}
        style={{ background: `var(--lang-${language}, var(--lang-other))` }}
      />
      {language}
    </span>
  )
}

/** A number that asks to be looked at; nothing at zero. */
export function CountBadge({ value, tone = 'fail', label }: { value: number; tone?: Tone; label: string }) {
  if (value <= 0) return null
  return (
    <span className={classes(css.count, css[tone])} title={`${count(value)} ${label}`}>
      {value > 99 ? '99+' : value}
      <span className="visually-hidden"> {label}</span>
    </span>
  )
}
