/** The editing of one value: the text, the version it began with, saving, and what to do when it was changed meanwhile. */
import { useCallback, useEffect, useState } from 'react'
import { ApiError, client, get, type Json, post, refresh, type StateEntry } from '../../data'
import { confirm, jsonError, parseJson, toast } from '../../design'
import { kindOf } from './values'

/** The version of what is not there. */
const NOTHING = '0'

export interface Edit {
  text: string
  setText: (text: string) => void
  isDirty: boolean
  isSaving: boolean
  /** Somebody else's value, found when ours was to be saved; `gone`: there is none any more. */
  conflict: StateEntry | 'gone' | null
  save: () => void
  /** Ours over theirs. */
  keepMine: () => void
  /** Theirs, and ours is forgotten. */
  takeTheirs: () => void
}

export function useEdit(entry: StateEntry): Edit {
  const [base, setBase] = useState(entry)
  const [text, setText] = useState(() => written(entry.value))
  const [isSaving, setSaving] = useState(false)
  const [conflict, setConflict] = useState<StateEntry | 'gone' | null>(null)
  const isDirty = text !== written(base.value)

  // What nobody edits follows what is there.
  useEffect(() => {
    if (isDirty || entry.version === base.version) return
    setBase(entry)
    setText(written(entry.value))
  }, [entry, base.version, isDirty])

  const send = useCallback(
    async (version: string) => {
      const value = parseJson(text) as Json
      if (!(await mayBecome(base, value))) return
      setSaving(true)
      try {
        await post('/__motia/state', { groupId: base.groupId, key: base.key, value, version })
        const saved = await find(base)
        setConflict(null)
        if (saved) {
          setBase(saved)
          setText(written(value))
        }
        refresh(client, ['api/state'])
        toast.ok('Saved')
      } catch (error) {
        if (error instanceof ApiError && error.status === 409) setConflict((await find(base)) ?? 'gone')
        else toast.fail('Not saved', error instanceof Error ? error.message : '')
      } finally {
        setSaving(false)
      }
    },
    [base, text],
  )
  const save = useCallback(() => {
    if (isDirty && !isSaving && jsonError(text) === null) void send(base.version ?? NOTHING)
  }, [base.version, isDirty, isSaving, send, text])
  const keepMine = useCallback(
    () => void send(conflict === 'gone' || !conflict ? NOTHING : (conflict.version ?? NOTHING)),
    [conflict, send],
  )
  const takeTheirs = useCallback(() => {
    if (conflict && conflict !== 'gone') {
      setBase(conflict)
      setText(written(conflict.value))
    }
    setConflict(null)
    refresh(client, ['api/state'])
  }, [conflict])
  return { text, setText, isDirty, isSaving, conflict, save, keepMine, takeTheirs }
}

export function written(value: Json): string {
  return JSON.stringify(value, null, 2)
}

/** Steps that read it may rely on its type. */
async function mayBecome(before: StateEntry, value: Json): Promise<boolean> {
  const [was, is] = [kindOf(before.value), kindOf(value)]
  if (was === is) return true
  return confirm({
    title: `The type changes from ${was} to ${is}`,
    text: `Steps that read ${before.key} may rely on the type it had. The value is saved as it stands.`,
    action: `Save as ${is}`,
  })
}

async function find({ groupId, key }: StateEntry): Promise<StateEntry | null> {
  try {
    return await get<StateEntry>('api/state/item', { groupId, key })
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}
