/** The head of a node that an author draws: the kind's mark, a title, a line below it. */
import { Clock3, Globe, type LucideIcon, Shapes, Zap } from 'lucide-react'
import type { ReactNode } from 'react'
import type { StepKind } from '../../../data'
import css from './custom.module.css'

export const ICONS: Record<StepKind, LucideIcon> = { api: Globe, event: Zap, cron: Clock3, noop: Shapes }

export function Head({ kind, title, text }: { kind: StepKind; title: ReactNode; text: ReactNode }) {
  const Icon = ICONS[kind] ?? Shapes
  return (
    <div className={css.head}>
      <span className={css.icon}>
        <Icon size={16} aria-hidden />
      </span>
      <span className={css.words}>
        <span className={css.title}>{title}</span>
        {text ? <span className={css.text}>{text}</span> : null}
      </span>
    </div>
  )
}
