/** Whether there is room for the list beside a trace: where the window is narrow it goes away while details are open. */
import { useState } from 'react'
import { useKept, useMedia } from '../../design'

const NARROW = '(max-width: 1280px)'

export function useRoom(hasPanel: boolean): { hasList: boolean; setHasList: (has: boolean) => void } {
  const [wants, setWants] = useKept('traces-list', true)
  const [asks, setAsks] = useState(false)
  const isTight = useMedia(NARROW) && hasPanel
  return {
    hasList: wants && (!isTight || asks),
    setHasList: (has) => {
      if (isTight) setAsks(has)
      if (!isTight || has) setWants(has)
    },
  }
}
