/** Starts the page: which list and who looks at it stand in the address, `/?list=groceries&as=Ada`. */
import { createRoot } from 'react-dom/client'
import { MotiaStreamProvider } from '@motiadev/stream-client-react'
import { TodoList } from './todo-list'
import './style.css'

const NAMES = ['Ada', 'Alan', 'Barbara', 'Edsger', 'Frances', 'Grace', 'Katherine', 'Linus', 'Margaret', 'Yukihiro']

const asked = new URLSearchParams(location.search)
const list = asked.get('list') || 'home'
const who = asked.get('as') || NAMES[Math.floor(Math.random() * NAMES.length)]

createRoot(document.getElementById('root')!).render(
  <MotiaStreamProvider address={location.origin.replace(/^http/, 'ws')}>
    <TodoList list={list} who={who} />
  </MotiaStreamProvider>,
)
