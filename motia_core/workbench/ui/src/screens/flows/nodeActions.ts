/** What nodes ask of the graph they stand in. */
import { createContext, type KeyboardEvent } from 'react'
import type { Place } from './graph'

export interface Actions {
  /** Opens the source of a step. */
  source: (id: string) => void
  /** A key on a node: arrows, Enter. */
  press: (event: KeyboardEvent, id: string) => void
  /** The one node that Tab leads to. */
  stop: string
  onStop: (id: string) => void
  turn: (id: string, sides: Partial<Pick<Place, 'source' | 'target'>>) => void
}

export const NodeActions = createContext<Actions>({
  source: () => {},
  press: () => {},
  stop: '',
  onStop: () => {},
  turn: () => {},
})
