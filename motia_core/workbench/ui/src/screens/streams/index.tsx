/** Streams: items that browsers follow, by stream and group. */
import { Radio } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Streams() {
  return (
    <Screen title="Streams">
      <Empty icon={Radio} title="Streams">
        Items that browsers follow, by stream and group.
      </Empty>
    </Screen>
  )
}
