/** The frame of every screen: its title, what is to the right of it, a bar of filters, the content and the panel of what was
 *  chosen. */
import type { ReactNode } from 'react'
import css from './Screen.module.css'

interface ScreenProps {
  title: string
  /** Beside the title: a count, a state. */
  about?: ReactNode
  /** Buttons at the right. */
  actions?: ReactNode
  /** Search and filters, below the title. */
  toolbar?: ReactNode
  /** The `Panel` of what was chosen. */
  panel?: ReactNode
  children: ReactNode
  testId?: string
}

export function Screen({ title, about, actions, toolbar, panel, children, testId }: ScreenProps) {
  return (
    <div className={css.screen} data-testid={testId}>
      <div className={css.main}>
        <header className={css.header}>
          <h1>{title}</h1>
          {about ? <div className={css.about}>{about}</div> : null}
          <div className={css.actions}>{actions}</div>
        </header>
        {toolbar ? <div className={css.toolbar}>{toolbar}</div> : null}
        <div className={css.content}>{children}</div>
      </div>
      {panel}
    </div>
  )
}

/** A surface with a thin frame, for pages made of several parts. */
export function Card({
  title,
  actions,
  children,
  testId,
}: {
  title?: ReactNode
  actions?: ReactNode
  children: ReactNode
  testId?: string
}) {
  return (
    <section className={css.card} data-testid={testId}>
      {title ? (
        <div className={css.cardHead}>
          <h2>{title}</h2>
          {actions}
        </div>
      ) : null}
      {children}
    </section>
  )
}
