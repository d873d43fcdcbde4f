/** Logs: what the steps say, as they say it. */
import { ScrollText } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Logs() {
  return (
    <Screen title="Logs">
      <Empty icon={ScrollText} title="Logs">
        What the steps say, as they say it.
      </Empty>
    </Screen>
  )
}
