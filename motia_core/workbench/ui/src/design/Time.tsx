/** A moment, shown as its age or its clock, with the other and the exact one in the tooltip. Ages grow by themselves. */
import { useSyncExternalStore } from 'react'
import { age, duration, moment } from './format'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** The same for every render: who subscribes anew each time would see the clock move each time, without an end. */
function subscribe(listener: () => void): () => void {
  // While nobody looked the clock stood still.
  if (listeners.size === 0) now = Date.now()
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time of day, once a second; one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** `<Ago at={trace.startTime} />`: `12 s`, `5 m`. */
export function Ago({ at, suffix = '' }: { at: number | null | undefined; suffix?: string }) {
  const now = useNow()
  if (at == null) return <span>–</span>
  const said = age(now - at)
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, { exact: true })}>
      {said}
      {said === 'now' ? '' : suffix}
    </time>
  )
}

/** `<Moment at={run.startTime} />`: `14:03:21`. */
export function Moment({ at }: { at: number | null | undefined }) {
  if (at == null) return <span>–</span>
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, { exact: true })}>
      {moment(at)}
    </time>
  )
}

/** `<Until at={cron.next} />`: `in 12 s`, counting down; `late` is said once the moment has passed. */
export function Until({ at, late = 'now' }: { at: number | null | undefined; late?: string }) {
  const now = useNow()
  if (at == null) return <span>–</span>
  const left = Math.ceil((at - now) / 1000) * 1000
  return (
    <time dateTime={new Date(at).toISOString()} title={moment(at, { exact: true })}>
      {left > 0 ? `in ${duration(left)}` : late}
    </time>
  )
}
