/** Overview: is it healthy, what failed lately, what is slow, what waits. */
import { LayoutDashboard } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Overview() {
  return (
    <Screen title="Overview">
      <Empty icon={LayoutDashboard} title="Overview">
        Is it healthy, what failed lately, what is slow, what waits.
      </Empty>
    </Screen>
  )
}
