/** Buttons: with words, with an icon alone, or both. `tone` says how much it asks for attention. */
import type { LucideIcon } from 'lucide-react'
import type { ButtonHTMLAttributes, Ref } from 'react'
import css from './Button.module.css'
import { classes } from './classes'
import { Tooltip } from './Tooltip'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** plain: the usual one; primary: the one thing to do here; quiet: without a frame; danger: throws something away. */
  tone?: 'plain' | 'primary' | 'quiet' | 'danger'
  icon?: LucideIcon
  /** It is at it: cannot be pressed again. */
  busy?: boolean
  small?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({
  tone = 'plain',
  icon: Icon,
  busy,
  small,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classes(css.button, css[tone], small && css.small, className)}
    >
      {Icon ? <Icon size={small ? 14 : 16} aria-hidden /> : null}
      {children}
    </button>
  )
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  icon: LucideIcon
  /** What it does: the label for those who hear, the tooltip for those who see. */
  label: string
  /** Keys that do the same, shown in the tooltip. */
  keys?: string
  isOn?: boolean
}

export function IconButton({
  icon: Icon,
  label,
  keys,
  isOn,
  tone = 'quiet',
  small,
  className,
  busy,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type="button"
        {...rest}
        disabled={rest.disabled || busy}
        aria-label={label}
        aria-pressed={isOn}
        className={classes(css.button, css.square, css[tone], small && css.small, isOn && css.on, className)}
      >
        <Icon size={small ? 14 : 16} aria-hidden />
      </button>
    </Tooltip>
  )
}
