/** What stands where there is nothing yet: empty, loading, gone wrong. */
import { CircleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './Button'
import { CopyButton } from './CopyButton'
import css from './States.module.css'

interface EmptyProps {
  icon?: LucideIcon
  /** What is not there: `No traces yet`. */
  title: string
  /** What it is, and how one appears. */
  children?: ReactNode
  /** One line that makes one appear; can be copied. */
  code?: string
  action?: ReactNode
}

export function Empty({ icon: Icon, title, children, code, action }: EmptyProps) {
  return (
    <div className={css.empty}>
      {Icon ? (
        <span className={css.icon}>
          <Icon size={22} aria-hidden />
        </span>
      ) : null}
      <h2>{title}</h2>
      {children ? <div className={css.words}>{children}</div> : null}
      {code ? (
        <div className={css.code}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long line scrolls, also by the keyboard */}
          <code tabIndex={0}>{code}</code>
          <CopyButton text={code} label="Copy this line" />
        </div>
      ) : null}
      {action}
    </div>
  )
}

/** An error in the server's words. `error` may be an ApiError (message and hint), an Error, or text. */
export function ErrorNote({
  error,
  onRetry,
  title,
}: {
  error: unknown
  onRetry?: () => void
  title?: string
}) {
  const { message, hint } = said(error)
  return (
    <div className={css.error} role="alert">
      <CircleAlert size={16} aria-hidden />
      <div className={css.errorWords}>
        <strong>{title ?? message}</strong>
        {title ? <div>{message}</div> : null}
        {hint ? <div className={css.hint}>{hint}</div> : null}
      </div>
      {onRetry ? (
        <Button small onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  )
}

function said(error: unknown): { message: string; hint: string } {
  if (error instanceof Error)
    return { message: error.message, hint: 'hint' in error ? String(error.hint) : '' }
  if (error && typeof error === 'object' && 'message' in error)
    return { message: String(error.message), hint: '' }
  return { message: String(error), hint: '' }
}

/** Grey bars where rows will be. */
export function Skeleton({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label="Loading" className={css.skeleton}>
      {Array.from({ length: rows }, (_, at) => (
        <div key={at} className={css.bar} style={{ height, opacity: 1 - at / (rows + 1) }}>
          <span style={{ width: `${55 - ((at * 17) % 30)}%` }} />
        </div>
      ))}
    </div>
  )
}
