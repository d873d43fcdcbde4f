/** Workers: the processes that run your steps, by pool. */
import { Cpu } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Workers() {
  return (
    <Screen title="Workers">
      <Empty icon={Cpu} title="Workers">
        The processes that run your steps, by pool.
      </Empty>
    </Screen>
  )
}
