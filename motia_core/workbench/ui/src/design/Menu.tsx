/** A menu behind a button. `items` are what can be done; a `null` among them is a line. */
import * as Radix from '@radix-ui/react-dropdown-menu'
import { Check, type LucideIcon } from 'lucide-react'
import type { ReactElement } from 'react'
import { classes } from './classes'
import css from './Float.module.css'

export interface MenuItem {
  label: string
  onSelect: () => void
  icon?: LucideIcon
  isOn?: boolean
  danger?: boolean
  disabled?: boolean
  testId?: string
}

interface MenuProps {
  /** The button. */
  children: ReactElement
  items: (MenuItem | null)[]
  title?: string
  align?: 'start' | 'end'
}

export function Menu({ children, items, title, align = 'end' }: MenuProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} sideOffset={6} collisionPadding={8} className={css.menu}>
          {title ? <Radix.Label className={css.label}>{title}</Radix.Label> : null}
          {items.map((item, at) =>
            item ? (
              <Entry key={item.label} item={item} />
            ) : (
              <Radix.Separator key={at} className={css.separator} />
            ),
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Entry({ item }: { item: MenuItem }) {
  const Icon = item.icon
  return (
    <Radix.Item
      className={classes(css.item, item.danger && css.danger)}
      disabled={item.disabled}
      onSelect={item.onSelect}
      data-testid={item.testId}
    >
      {Icon ? <Icon size={15} aria-hidden /> : null}
      {item.label}
      {item.isOn ? <Check size={14} aria-label="chosen" className={css.tick} /> : null}
    </Radix.Item>
  )
}
