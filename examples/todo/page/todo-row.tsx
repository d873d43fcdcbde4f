/** One todo: ticked with a click, edited in its place, removed. */
import { type KeyboardEvent, useState } from 'react'
import type { Todo } from './server'

type Props = {
  todo: Todo
  onEdit: (changes: { text?: string; done?: boolean }) => void
  onRemove: () => void
}

export function TodoRow({ todo, onEdit, onRemove }: Props) {
  const [draft, setDraft] = useState<string | null>(null)

  const finish = () => {
    const text = draft?.trim()
    setDraft(null)
    if (text && text !== todo.text) onEdit({ text })
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') finish()
    if (event.key === 'Escape') setDraft(null)
  }
  return (
    <li className={todo.done ? 'done' : ''}>
      <input
        type="checkbox"
        aria-label={`Done: ${todo.text}`}
        checked={todo.done}
        onChange={(event) => onEdit({ done: event.target.checked })}
      />
      {draft === null ? (
        // A new key for every change: the row lights up again.
        <button key={todo.updatedAt} className="text" title="Edit" onClick={() => setDraft(todo.text)}>
          {todo.text}
        </button>
      ) : (
        <input
          className="draft"
          aria-label="Edit todo"
          autoFocus
          maxLength={200}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={finish}
          onKeyDown={press}
        />
      )}
      <button className="remove" aria-label={`Remove: ${todo.text}`} onClick={onRemove}>×</button>
    </li>
  )
}
