/** A remark about what is shown, with what can be done about it: paused, no longer served, seen with other rights. */
import { CircleAlert, Info, type LucideIcon, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { classes } from './classes'
import css from './States.module.css'

interface NoticeProps {
  tone?: 'info' | 'warn' | 'fail'
  icon?: LucideIcon
  /** What is so, in a few words. */
  title: string
  /** What that means. */
  children?: ReactNode
  /** Buttons at the end. */
  actions?: ReactNode
  testId?: string
}

const ICONS = { info: Info, warn: TriangleAlert, fail: CircleAlert }

export function Notice({ tone = 'info', icon, title, children, actions, testId }: NoticeProps) {
  const Icon = icon ?? ICONS[tone]
  return (
    <div role="note" className={classes(css.notice, css[`notice-${tone}`])} data-testid={testId}>
      <Icon size={16} aria-hidden />
      <div className={css.errorWords}>
        <strong>{title}</strong>
        {children ? <div className={css.hint}>{children}</div> : null}
      </div>
      {actions ? <div className={css.noticeActions}>{actions}</div> : null}
    </div>
  )
}
