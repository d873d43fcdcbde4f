/** Cron: steps that run by the clock: when next, how it went. */
import { CalendarClock } from 'lucide-react'
import { Empty, Screen } from '../../design'

export default function Cron() {
  return (
    <Screen title="Cron">
      <Empty icon={CalendarClock} title="Cron">
        Steps that run by the clock: when next, how it went.
      </Empty>
    </Screen>
  )
}
