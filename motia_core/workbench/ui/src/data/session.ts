/** Whether this browser may see the server's insides: signed in, or asked to sign in. Nothing of a token is kept here:
 *  it goes out in one request body and comes back as a cookie that no script can read. */
import { useSyncExternalStore } from 'react'

let needed = false
const listeners = new Set<() => void>()

/** Every 401 comes here. */
export function signInNeeded(is: boolean): void {
  if (needed === is) return
  needed = is
  for (const listener of listeners) listener()
}

export function useSignInNeeded(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => needed,
  )
}
