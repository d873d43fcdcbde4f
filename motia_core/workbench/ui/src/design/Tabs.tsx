/** Tabs, each with its panel. Keep `value` in the address, so that a tab can be linked to. */
import * as Radix from '@radix-ui/react-tabs'
import { type ReactNode, useEffect, useRef } from 'react'
import css from './Tabs.module.css'

export interface Tab {
  id: string
  label: ReactNode
  content: ReactNode
  testId?: string
}

interface TabsProps {
  tabs: Tab[]
  value: string
  onChange: (id: string) => void
  label: string
}

export function Tabs({ tabs, value, onChange, label }: TabsProps) {
  const chosen = tabs.some((tab) => tab.id === value) ? value : tabs[0]?.id
  const list = useRef<HTMLDivElement>(null)
  // Where there is no room for all, the chosen one is seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useEffect(() => {
    const place = list.current
    if (!place) return
    const observer = new ResizeObserver(() => showChosen(place))
    observer.observe(place)
    return () => observer.disconnect()
  }, [chosen])
  return (
    <Radix.Root value={chosen} onValueChange={onChange} className={css.root}>
      <Radix.List ref={list} aria-label={label} className={css.list}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.id} value={tab.id} className={css.tab} data-testid={tab.testId}>
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className={css.content}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}

function showChosen(place: HTMLElement): void {
  const tab = place.querySelector('[data-state=active]')?.getBoundingClientRect()
  const room = place.getBoundingClientRect()
  if (!tab) return
  if (tab.right > room.right) place.scrollLeft += tab.right - room.right
  else if (tab.left < room.left) place.scrollLeft -= room.left - tab.left
}
