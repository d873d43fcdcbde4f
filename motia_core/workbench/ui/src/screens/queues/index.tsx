/** Queues: what waits for each step, what runs, what was given up. */
import { ListOrdered } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Queues() {
  return (
    <Screen title="Queues">
      <Empty icon={ListOrdered} title="Queues">
        What waits for each step, what runs, what was given up.
      </Empty>
    </Screen>
  )
}
