/** Leads from a replay to what it repeats. */
import { CornerUpLeft } from 'lucide-react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import css from './TraceView.module.css'

/** `TRACE/SPAN` */
export function ReplayOf({ id }: { id: string }) {
  const [trace, run] = id.split('/')
  return (
    <Link href={to.trace(trace, { run })} className={css.replay} data-testid="replay-of">
      <CornerUpLeft size={13} aria-hidden />
      replay of {trace}
    </Link>
  )
}
