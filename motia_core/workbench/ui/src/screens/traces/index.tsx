/** Traces: what each request, tick and emit led to, step by step. */
import { Activity, Trash2 } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useParam, useSegment } from '../../app/address'
import { usePost } from '../../data'
import { Button, confirm, Empty, ErrorNote, format, Screen, Skeleton, Split } from '../../design'
import { Filters } from './Filters'
import { useFilters, useOpen } from './filters'
import { ReplayDialog } from './ReplayDialog'
import { RunPanel } from './RunPanel'
import { TraceList } from './TraceList'
import { TraceView } from './TraceView'
import { useListKeys } from './useListKeys'
import { useRoom } from './useRoom'
import { useTrace } from './useTrace'
import { type Traces as List, useTraces } from './useTraces'

export default function Traces() {
  const id = useSegment()
  const [runId] = useParam('run')
  const wanted = useFilters()
  const open = useOpen()
  const list = useTraces(wanted)
  const trace = useTrace(id)
  const [replays, setReplays] = useState<{ trace: string; run?: string } | null>(null)
  const run = id ? trace.runs.find((one) => one.id === runId) : undefined
  const { hasList, setHasList } = useRoom(run !== undefined)
  const clear = usePost('/__motia/trace/clear', {
    says: 'Traces cleared',
    refreshes: ['api/traces'],
    onDone: () => open(),
  })
  const closeTrace = useCallback(() => open(), [open])
  const closeRun = useCallback(() => open(id), [open, id])
  useListKeys({ list: list.items, id, open })
  useEscape(id !== undefined && run === undefined, closeTrace)

  return (
    <Screen
      title="Traces"
      about={list.items.length ? `${format.count(list.items.length)}${list.hasMore ? '+' : ''}` : null}
      actions={
        <Button
          icon={Trash2}
          tone="quiet"
          busy={clear.isPending}
          disabled={list.items.length === 0 && !wanted.isAny}
          onClick={async () => {
            const sure = await confirm({
              title: 'Clear all traces?',
              text: 'All that is recorded of all runs goes, also what the filters hide, and the inputs kept for replays. Logs, queues and state stay. This cannot be taken back.',
              action: 'Clear all traces',
              danger: true,
            })
            if (sure) clear.mutate({})
          }}
          data-testid="clear-traces"
        >
          Clear all
        </Button>
      }
      toolbar={id === undefined || hasList ? <Filters filters={wanted.filters} isAny={wanted.isAny} /> : null}
      panel={
        id && run ? (
          <RunPanel
            run={run}
            trace={trace}
            traceId={id}
            onClose={closeRun}
            onReplay={() => setReplays({ trace: id, run: run.id })}
          />
        ) : null
      }
    >
      <Split
        name="traces"
        label="Width of the list"
        size={300}
        least={220}
        most={560}
        first={
          id === undefined || hasList ? (
            <Listing list={list} isAny={wanted.isAny} selected={id} onSelect={(one) => open(one.id)} />
          ) : null
        }
        second={
          id === undefined ? null : (
            <TraceView
              key={id}
              id={id}
              trace={trace}
              selected={run?.id ?? ''}
              onSelect={(one) => open(id, one.id)}
              onMark={(one) => open(id, one.id, { replace: true })}
              onClose={closeTrace}
              onReplay={() => setReplays({ trace: id })}
              hasList={hasList}
              onList={setHasList}
            />
          )
        }
      />
      {replays ? (
        <ReplayDialog
          trace={replays.trace}
          run={replays.run}
          runs={trace.runs}
          onClose={() => setReplays(null)}
          onDone={(made) => {
            setReplays(null)
            open(made)
          }}
        />
      ) : null}
    </Screen>
  )
}

interface ListingProps {
  list: List
  isAny: boolean
  selected: string | undefined
  onSelect: (trace: { id: string }) => void
}

function Listing({ list, isAny, selected, onSelect }: ListingProps) {
  if (list.error) return <ErrorNote error={list.error} onRetry={list.reload} />
  if (list.isLoading) return <Skeleton rows={10} height={56} />
  if (list.items.length === 0 && !list.hasMore) return isAny ? <NoneFits /> : <NoneYet />
  return (
    <TraceList
      items={list.items}
      selected={selected}
      onSelect={onSelect}
      onEnd={list.loadMore}
      isLoadingMore={list.isLoadingMore}
    />
  )
}

function NoneYet() {
  return (
    <Empty icon={Activity} title="No traces yet" code={`curl -i ${location.origin}/`}>
      A trace is everything that one request, cron tick, run by hand or emit from outside set off: each run of
      each step, in every language, with its waits and retries. Send a request to one of your endpoints and it
      appears here.
    </Empty>
  )
}

function NoneFits() {
  return (
    <Empty icon={Activity} title="No trace like this">
      Nothing that is recorded fits the filters above. Texts are found by whole words of step names and
      errors; the last word may be a beginning.
    </Empty>
  )
}

/** Where no panel is open that Escape would close first. */
function useEscape(is: boolean, close: () => void): void {
  useEffect(() => {
    if (!is) return
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('[role=dialog],[role=menu]')) return
      close()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [is, close])
}
