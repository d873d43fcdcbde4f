/** Which items have just changed, so that they light up; and how many changes there were. */
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Change } from '../../data'
import type { StreamItem } from './data'

/** As long as the animation of the row. */
const SHOWN_MS = 1200
/** In a flood of changes a light on every row says nothing. */
const MOST = 200

/** The class of each item's light; two take turns, so that the animation begins anew with the next change. */
export type Flashes = ReadonlyMap<string, 'flashA' | 'flashB'>

const NONE: Flashes = new Map()

export function useFlashes() {
  const [flashes, setFlashes] = useState<Flashes>(NONE)
  const [changes, setChanges] = useState(0)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const onChanges = useCallback((news: Change<StreamItem>[]) => {
    setChanges((before) => before + news.length)
    setFlashes((before) => {
      const after = new Map(before.size > MOST ? NONE : before)
      for (const { id, kind } of news.slice(-MOST))
        if (kind !== 'delete') after.set(id, after.get(id) === 'flashA' ? 'flashB' : 'flashA')
      return after
    })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setFlashes(NONE), SHOWN_MS)
  }, [])
  return { flashes, onChanges, changes }
}
