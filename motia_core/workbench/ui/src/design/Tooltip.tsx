/** A few words about what the pointer or the focus is on. */
import * as Radix from '@radix-ui/react-tooltip'
import type { ReactElement } from 'react'
import css from './Float.module.css'
import { KeyHint } from './KeyHint'

interface TooltipProps {
  text: string
  /** Keys that do the same: `g f`. */
  keys?: string
  side?: 'top' | 'right' | 'bottom' | 'left'
  children: ReactElement
}

export function Tooltip({ text, keys, side = 'bottom', children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content side={side} sideOffset={6} collisionPadding={8} className={css.tooltip}>
          {text}
          {keys ? <KeyHint keys={keys} /> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export const TooltipProvider = Radix.Provider
