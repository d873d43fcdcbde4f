/** What has just happened, said in a corner for a moment. `toast.ok('Paused')`, `toast.fail('Not saved', 'Load it anew')`. */

export interface ToastNote {
  id: number
  tone: 'ok' | 'fail' | 'info'
  text: string
  hint?: string
  action?: { label: string; onClick: () => void }
}

const MOST = 4
let notes: readonly ToastNote[] = []
let count = 0
const listeners = new Set<() => void>()

function change(next: readonly ToastNote[]): void {
  notes = next
  for (const listener of listeners) listener()
}

function say(note: Omit<ToastNote, 'id'>): void {
  count += 1
  // Said again, it takes the place of what it said before.
  const others = notes.filter((one) => one.tone !== note.tone || one.text !== note.text)
  change([...others, { ...note, id: count }].slice(-MOST))
}

export const toast = {
  ok: (text: string, action?: ToastNote['action']) => say({ tone: 'ok', text, action }),
  info: (text: string, action?: ToastNote['action']) => say({ tone: 'info', text, action }),
  fail: (text: string, hint?: string) => say({ tone: 'fail', text, hint }),
}

export function dismiss(id: number): void {
  change(notes.filter((note) => note.id !== id))
}

export const toastNotes = {
  subscribe: (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  get: () => notes,
}
