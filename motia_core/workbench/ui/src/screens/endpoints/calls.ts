/** The calls of this page, by endpoint, the newest first. They go with the page. */
import { useCallback, useSyncExternalStore } from 'react'
import { Call } from './call'
import type { Draft } from './draft'
import type { Asked } from './request'

const MOST = 20
/** A browser opens six connections to a server; the workbench needs some itself. */
const MOST_AT_ONCE = 3

export interface Sent {
  call: Call
  /** What it was made of. */
  draft: Draft
}

const NONE: readonly Sent[] = []
const byEndpoint = new Map<string, readonly Sent[]>()
const listeners = new Set<() => void>()
let number = 0

export function useCalls(endpoint: string): readonly Sent[] {
  return useSyncExternalStore(subscribe, () => byEndpoint.get(endpoint) ?? NONE)
}

/** Draws anew when there is news of it. */
export function useCall(call: Call | undefined): number {
  return useSyncExternalStore(
    useCallback((listener) => call?.subscribe(listener) ?? nothing, [call]),
    () => call?.version ?? 0,
  )
}

function nothing(): void {}

export function send(endpoint: string, asked: Asked, draft: Draft): Call {
  const before = byEndpoint.get(endpoint) ?? NONE
  if (before[0]?.call.isUnderWay) before[0].call.cancel()
  const others = [...byEndpoint.values()].flat().filter(({ call }) => call.isUnderWay)
  if (others.length >= MOST_AT_ONCE) others.sort((a, b) => a.call.at - b.call.at)[0]?.call.cancel()
  number += 1
  const call = new Call(String(number), asked)
  byEndpoint.set(endpoint, [{ call, draft }, ...before].slice(0, MOST))
  for (const listener of listeners) listener()
  void call.send()
  return call
}

export function forget(endpoint: string): void {
  for (const { call } of byEndpoint.get(endpoint) ?? NONE) call.cancel()
  byEndpoint.delete(endpoint)
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
