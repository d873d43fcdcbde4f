/** Text with the spaces it has, in a box that scrolls and that the keyboard reaches. */
import { type Ref, useMemo } from 'react'
import { classes } from '../../design'
import css from './response.module.css'

interface TextBlockProps {
  text: string
  label: string
  className?: string
  testId?: string
  ref?: Ref<HTMLElement>
  onScroll?: (place: HTMLElement) => void
}

export function TextBlock({ text, label, className, testId, ref, onScroll }: TextBlockProps) {
  const drawn = useMemo(() => <pre className={css.plain}>{text}</pre>, [text])
  return (
    <section
      ref={ref}
      className={classes(css.text, className)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard has to reach it
      tabIndex={0}
      aria-label={label}
      data-testid={testId}
      onScroll={onScroll && (({ currentTarget }) => onScroll(currentTarget))}
    >
      {drawn}
    </section>
  )
}
