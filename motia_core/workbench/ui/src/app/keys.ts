/** Keys that hold everywhere: `g` and a letter, `/`, `?`, Ctrl/Cmd-K. Never while somebody writes. */
import { useEffect } from 'react'
import { useGo } from './address'
import { SCREENS } from './screens'

const WITHIN_MS = 1200

interface Openers {
  palette: () => void
  help: () => void
}

export function useKeys({ palette, help }: Openers): void {
  const go = useGo()
  useEffect(() => {
    let began = 0
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        palette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writes(event.target))
        return
      if (began && event.timeStamp - began < WITHIN_MS) {
        began = 0
        const screen = SCREENS.find((one) => one.key === event.key)
        if (screen) go(`/${screen.id}`)
        return
      }
      began = 0
      if (event.key === 'g') began = event.timeStamp
      else if (event.key === '?') help()
      else if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('[data-search]')
        if (!field) return
        event.preventDefault()
        field.focus()
        field.select()
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [go, palette, help])
}

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
    target.closest('[role=dialog]') !== null
  )
}
