/** Shows what `toast` says; stands once in the app. Failures stay until they are closed. */
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import { Button, IconButton } from './Button'
import { dismiss, type ToastNote, toastNotes } from './notices'
import css from './Toasts.module.css'

const ICONS = { ok: CircleCheck, fail: CircleAlert, info: Info }
const SHOWN_MS = 4000

export function Toasts() {
  const notes = useSyncExternalStore(toastNotes.subscribe, toastNotes.get)
  return (
    <section className={css.stack} aria-label="Notices" aria-live="polite">
      {notes.map((note) => (
        <Toast key={note.id} note={note} />
      ))}
    </section>
  )
}

function Toast({ note }: { note: ToastNote }) {
  const { id, tone, text, hint, action } = note
  useEffect(() => {
    if (tone === 'fail') return
    const timer = setTimeout(() => dismiss(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id, tone])
  const Icon = ICONS[tone]
  return (
    <div className={css.toast} data-tone={tone} data-testid="toast">
      <Icon size={16} aria-hidden />
      <div className={css.words}>
        {text}
        {hint ? <div className={css.hint}>{hint}</div> : null}
      </div>
      {action ? (
        <Button
          small
          onClick={() => {
            action.onClick()
            dismiss(id)
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton icon={X} label="Dismiss" small onClick={() => dismiss(id)} />
    </div>
  )
}
