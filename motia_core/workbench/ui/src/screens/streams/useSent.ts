/** What handlers sent without storing it, the newest first: as much as a page can show, heard since somebody looks. */
import { useCallback, useState } from 'react'
import { type Sent, type StreamDetails, useGroup } from '../../data'
import { FOLLOWED, useExtent } from './data'

const MOST = 100

/** An event and which one it was, as two may have come at the same moment. */
export type Heard = Sent & { nth: number }

export interface SentEvents {
  events: readonly Heard[]
  /** Also those that are no longer kept. */
  count: number
}

const NONE: SentEvents = { events: [], count: 0 }

function after({ events, count }: SentEvents, news: readonly Sent[]): SentEvents {
  const heard = news.map((one, at): Heard => ({ ...one, nth: count + at }))
  return { events: [...heard.reverse(), ...events].slice(0, MOST), count: count + news.length }
}

/** Keeps what it is told. */
export function useSent() {
  const [sent, setSent] = useState(NONE)
  const onSent = useCallback((news: Sent[]) => setSent((before) => after(before, news)), [])
  return { sent, onSent }
}

/** What is sent to a group and to its items, as long as the group is the same. */
export function useSentTo(stream: StreamDetails, group: string): SentEvents {
  const { isKnown, extent } = useExtent(stream, group)
  const [kept, setKept] = useState({ group, sent: NONE })
  const isLarge = (extent?.count ?? 0) > FOLLOWED
  useGroup(stream.name, group, {
    enabled: group !== '' && isKnown && !isLarge,
    onSent: (news) =>
      setKept((before) => ({ group, sent: after(before.group === group ? before.sent : NONE, news) })),
  })
  return kept.group === group ? kept.sent : NONE
}
