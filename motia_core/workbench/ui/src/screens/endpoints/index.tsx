/** Endpoints: the routes of your api steps: read them, try them. */
import { Globe } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Endpoints() {
  return (
    <Screen title="Endpoints">
      <Empty icon={Globe} title="Endpoints">
        The routes of your api steps: read them, try them.
      </Empty>
    </Screen>
  )
}
