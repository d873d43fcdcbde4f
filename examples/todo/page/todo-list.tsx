/** One list, as all its windows see it. */
import { type FormEvent, useMemo, useRef, useState } from 'react'
import { useStreamEventHandler, useStreamGroup, useStreamItem } from '@motiadev/stream-client-react'
import { actions, type Counts, type Todo } from './server'
import { TodoRow } from './todo-row'

const TYPING_LASTS = 2000
const TROUBLE_LASTS = 4000

export function TodoList({ list, who }: { list: string; who: string }) {
  const todos = useStreamGroup<Todo>({ streamName: 'todo', groupId: list, sortKey: 'createdAt' })
  const counts = useStreamItem<Counts>({ streamName: 'summary', groupId: list, id: 'counts' })
  const act = useMemo(() => actions(list), [list])
  const writer = useTyping(todos.event, who)
  const [trouble, attempt] = useTrouble()
  const refused = useRefused(todos.event)

  if (refused) return <main className="card"><h1>{list}</h1><p className="empty">This list cannot be opened.</p></main>
  return (
    <main className="card">
      <header>
        <h1>{list}</h1>
        <p className="counts">{counts.data && `${counts.data.open} open · ${counts.data.done} done`}</p>
      </header>
      <AddTodo onAdd={(text) => attempt(act.add(text))} onTyping={() => act.typing(who).catch(() => {})} />
      <ul>
        {todos.data.map((todo) => (
          <TodoRow
            key={todo.id}
            todo={todo}
            onEdit={(changes) => attempt(act.edit(todo.id, changes))}
            onRemove={() => attempt(act.remove(todo.id))}
          />
        ))}
      </ul>
      {todos.data.length === 0 && <p className="empty">Nothing to do.</p>}
      <footer>
        <span className="typing" aria-live="polite">{trouble || (writer && `${writer} is writing…`)}</span>
        <span className="you">You are {who}</span>
      </footer>
    </main>
  )
}

function AddTodo({ onAdd, onTyping }: { onAdd: (text: string) => Promise<boolean>; onTyping: () => void }) {
  const [text, setText] = useState('')
  const told = useRef(0)

  const change = (value: string) => {
    setText(value)
    if (Date.now() - told.current < TYPING_LASTS / 2) return
    told.current = Date.now()
    onTyping()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!text.trim()) return
    setText('')
    if (!(await onAdd(text.trim()))) setText(text)
  }
  return (
    <form onSubmit={submit}>
      <input
        id="new"
        placeholder="What needs to be done?"
        aria-label="New todo"
        autoComplete="off"
        maxLength={200}
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <button disabled={!text.trim()}>Add</button>
    </form>
  )
}

/** Who else writes right now. */
function useTyping(event: Parameters<typeof useStreamEventHandler>[0]['event'], me: string) {
  const [writer, setWriter] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const listener = ({ who }: { who: string }) => {
    if (who === me) return
    setWriter(who)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setWriter(''), TYPING_LASTS)
  }
  useStreamEventHandler({ event, type: 'typing', listener }, [me])
  return writer
}

/** What to tell when the server did not do what it was asked, and a way to ask it. */
function useTrouble() {
  const [trouble, setTrouble] = useState('')
  const attempt = async (asked: Promise<void>) => {
    try {
      await asked
      return true
    } catch {
      setTrouble('That was not saved.')
      setTimeout(() => setTrouble(''), TROUBLE_LASTS)
      return false
    }
  }
  return [trouble, attempt] as const
}

/** Whether `canAccess` of the stream has said no. */
function useRefused(event: Parameters<typeof useStreamEventHandler>[0]['event']) {
  const [refused, setRefused] = useState(false)
  useStreamEventHandler({ event, type: 'error', listener: () => setRefused(true) }, [])
  return refused
}
