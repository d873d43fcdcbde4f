/** State: what the steps keep, by group and key. */
import { Database } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function State() {
  return (
    <Screen title="State">
      <Empty icon={Database} title="State">
        What the steps keep, by group and key.
      </Empty>
    </Screen>
  )
}
