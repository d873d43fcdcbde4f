/** Flows: steps and the topics between them, as a graph that shows what passes. */
import { GitFork } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Flows() {
  return (
    <Screen title="Flows">
      <Empty icon={GitFork} title="Flows">
        Steps and the topics between them, as a graph that shows what passes.
      </Empty>
    </Screen>
  )
}
