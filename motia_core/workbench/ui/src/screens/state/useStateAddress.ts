/** The state's part of the address: group, key, what is looked for, filters, and whether the value is being edited. */
import { useCallback, useMemo } from 'react'
import { useAddressQuery, useGo } from '../../app/address'
import { query } from '../../data'

/** `all`: the list shows all groups, though one of them is named as that of the key. */
const NAMES = ['group', 'key', 'all', 'q', 'filter', 'view'] as const
export type StateAddress = Record<(typeof NAMES)[number], string>

export type Go = (change: Partial<StateAddress>, options?: { replace?: boolean }) => void

export function useStateAddress(): [StateAddress, Go] {
  const search = useAddressQuery()
  const go = useGo()
  const address = useMemo(() => read(search), [search])
  const change = useCallback<Go>(
    (next, { replace = false } = {}) => {
      go(`/state${query({ ...read(location.search), ...next })}`, { replace })
    },
    [go],
  )
  return [address, change]
}

function read(search: string): StateAddress {
  const params = new URLSearchParams(search)
  return Object.fromEntries(NAMES.map((name) => [name, params.get(name) ?? ''])) as StateAddress
}
