/** Details at the right-hand side, beside what was chosen. Escape and the cross close it; its width is remembered. */
import { X } from 'lucide-react'
import { type ReactNode, useEffect } from 'react'
import { IconButton } from './Button'
import css from './Panel.module.css'
import { Resizer, useSize } from './Split'

interface PanelProps {
  title: ReactNode
  /** Below the title: what it is, where it stands. */
  subtitle?: ReactNode
  /** Buttons beside the cross. */
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
  /** Remembered under this name. */
  name?: string
  label?: string
}

export function Panel({
  title,
  subtitle,
  actions,
  onClose,
  children,
  name = 'panel',
  label = 'Details',
}: PanelProps) {
  const [width, setWidth] = useSize(`${name}-width`, 440, 300, 1100)
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (
        event.key !== 'Escape' ||
        event.defaultPrevented ||
        document.querySelector('[role=dialog],[role=menu]')
      )
        return
      onClose()
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [onClose])
  return (
    <aside
      className={css.panel}
      style={{ width }}
      aria-label={label}
      data-testid="sidebar-panel"
      id="app-sidebar-container"
    >
      <Resizer size={width} onSize={setWidth} from="end" label="Width of the details" />
      <header className={css.header}>
        <div className={css.words}>
          <h2 className={css.title}>{title}</h2>
          {subtitle ? <div className={css.subtitle}>{subtitle}</div> : null}
        </div>
        <div className={css.actions}>
          {actions}
          <IconButton icon={X} label="Close" keys="Esc" onClick={onClose} data-testid="close-panel" />
        </div>
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  )
}
