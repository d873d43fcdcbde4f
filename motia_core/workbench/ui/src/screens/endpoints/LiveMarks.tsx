/** Follows the items of streams that stand in a body, shows how they are, and hands their values to who draws the body. */
import { useCallback, useEffect, useMemo, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { useGroup, useItem } from '../../data'
import { Badge, Dot, type Tone } from '../../design'
import { keyOf, type Mark, marksOf, replaced } from './marks'
import css from './response.module.css'

interface Told {
  value: unknown
  isGone: boolean
  changes: number
  error: string
  isStale: boolean
}

const NOTHING: ReadonlyMap<string, Told> = new Map()

interface LiveBody {
  /** The body as it is by now. */
  body: unknown
  marks: Mark[]
  /** To be drawn somewhere: they do the following. */
  followers: React.ReactNode
}

export function useLiveBody(body: unknown): LiveBody {
  const marks = useMemo(() => marksOf(body), [body])
  // Told of a body that is no longer shown counts for nothing.
  const [heard, setHeard] = useState<{ of: unknown; told: ReadonlyMap<string, Told> }>({
    of: body,
    told: NOTHING,
  })
  const told = heard.of === body ? heard.told : NOTHING
  const tell = useCallback(
    (key: string, what: Told) =>
      setHeard((before) => ({
        of: body,
        told: new Map(before.of === body ? before.told : NOTHING).set(key, what),
      })),
    [body],
  )
  const now = useMemo(() => {
    let made = body
    for (const mark of marks) {
      const known = told.get(keyOf(mark))
      if (known?.value != null) made = replaced(made, mark.path, known.value)
    }
    return made
  }, [body, marks, told])
  const followers = marks.length ? (
    <ul className={css.marks} aria-label="Live items">
      {marks.map((mark) => (
        <li key={keyOf(mark)} className={css.mark} data-testid="endpoint-live">
          {mark.id === undefined ? (
            <FollowGroup mark={mark} onTold={tell} />
          ) : (
            <FollowItem mark={mark} id={mark.id} onTold={tell} />
          )}
          <Words told={told.get(keyOf(mark))} mark={mark} />
        </li>
      ))}
    </ul>
  ) : null
  return { body: now, marks, followers }
}

interface FollowProps {
  mark: Mark
  onTold: (key: string, told: Told) => void
}

function FollowItem({ mark, id, onTold }: FollowProps & { id: string }) {
  const [changes, setChanges] = useState(0)
  const { item, isLoading, isStale, error } = useItem<{ id: string }>(mark.stream, mark.group, id, {
    onChanges: (all) => setChanges((before) => before + all.length),
  })
  const key = keyOf(mark)
  const said = error?.message ?? ''
  useEffect(() => {
    if (!isLoading) onTold(key, { value: item, isGone: item === null, changes, error: said, isStale })
  }, [key, onTold, item, isLoading, isStale, changes, said])
  return null
}

function FollowGroup({ mark, onTold }: FollowProps) {
  const [changes, setChanges] = useState(0)
  const { items, isLoading, isStale, error } = useGroup<{ id: string }>(mark.stream, mark.group, {
    most: 500,
    onChanges: (all) => setChanges((before) => before + all.length),
  })
  const key = keyOf(mark)
  const said = error?.message ?? ''
  useEffect(() => {
    if (!isLoading) onTold(key, { value: items, isGone: false, changes, error: said, isStale })
  }, [key, onTold, items, isLoading, isStale, changes, said])
  return null
}

function Words({ told, mark }: { told: Told | undefined; mark: Mark }) {
  const [tone, word, more] = wordsOf(told)
  return (
    <>
      <Badge tone={tone}>
        <Dot tone={tone} pulses={tone === 'ok'} />
        {word}
      </Badge>
      <Link href={to.stream(mark.stream, mark.group, mark.id)}>
        {[mark.stream, mark.group, mark.id].filter((one) => one !== undefined).join(' / ')}
      </Link>
      <span className={css.quiet}>{more}</span>
    </>
  )
}

function wordsOf(told: Told | undefined): [Tone, string, string] {
  if (!told) return ['idle', 'joining', '']
  if (told.error) return ['fail', 'refused', `${told.error}: this is as it was answered`]
  if (told.isStale) return ['warn', 'offline', 'as it was last heard']
  const times = told.changes === 1 ? 'changed once' : `changed ${told.changes} times`
  if (told.isGone) return ['warn', 'deleted', 'this is as it was answered']
  return ['ok', 'live', told.changes ? `${times} since` : 'changes are shown as they happen']
}
