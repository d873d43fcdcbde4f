/** Keys of the screen when nothing in particular has the focus: j, k and arrows lead into the list or the runs; with Shift,
 *  j and k go to the next and former trace while one is open. */
import { useEffect } from 'react'
import type { Trace } from '../../data'

interface ListKeys {
  list: readonly Trace[]
  id: string | undefined
  open: (id?: string) => void
}

const AS_ARROWS: Record<string, string> = {
  j: 'ArrowDown',
  k: 'ArrowUp',
  ArrowDown: 'ArrowDown',
  ArrowUp: 'ArrowUp',
}

export function useListKeys({ list, id, open }: ListKeys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target instanceof HTMLElement ? event.target : document.body
      if (
        /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
        target.closest('[role=dialog],[role=menu],[contenteditable]')
      )
        return
      if (id && (event.key === 'J' || event.key === 'K')) {
        const at = list.findIndex((trace) => trace.id === id)
        const next = list[event.key === 'J' ? at + 1 : at - 1]
        if (next) open(next.id)
        return
      }
      const arrow = AS_ARROWS[event.key]
      if (
        !arrow ||
        target.closest('[role=listbox],[role=tree],[role=radiogroup],[role=separator],[role=tablist]')
      )
        return
      const place = document.querySelector<HTMLElement>(
        id ? '[data-testid=trace-timeline]' : '[data-testid=traces-container] [role=listbox]',
      )
      if (!place || target.closest('[data-testid=sidebar-panel]')) return
      event.preventDefault()
      place.focus()
      place.dispatchEvent(new KeyboardEvent('keydown', { key: arrow, bubbles: true, cancelable: true }))
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [list, id, open])
}
