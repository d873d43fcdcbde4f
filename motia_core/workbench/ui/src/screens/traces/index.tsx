/** Traces: what each request, tick and emit led to, step by step. */
import { Activity } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Traces() {
  return (
    <Screen title="Traces">
      <Empty icon={Activity} title="Traces">
        What each request, tick and emit led to, step by step.
      </Empty>
    </Screen>
  )
}
