/** A moment, shown as its age or its clock, with the other and the exact one in the tooltip. Ages grow by themselves. */
import { useSyncExternalStore } from 'react'
import { age, moment } from './format'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

/** The time of day, once a second; one clock for the whole page. */
export function useNow(): number {
  return useSyncExternalStore(
    (listener) => {
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
    },
    () => now,
  )
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
