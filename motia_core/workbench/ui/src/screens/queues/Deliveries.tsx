/** The deliveries of one stage of a step: searched, chosen, retried, redriven, discarded. What is done applies to those
 *  that are ticked, or to all when none is. */
import { Download, RotateCcw, Trash2 } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useParam } from '../../app/address'
import { type Delivery, type StepQueue, useList } from '../../data'
import { Button, Checkbox, Empty, ErrorNote, format, SearchField, Skeleton, Table } from '../../design'
import { columnsOf } from './columns'
import css from './queues.module.css'
import { countOf, meaningOf, type Stage } from './words'
import { type Chosen, useWork } from './work'

/** Above so many the list stays as it was loaded, until one asks for it anew. */
const FRESH = 300
const PAUSE_MS = 700

export function Deliveries({ queue, stage }: { queue: StepQueue; stage: Stage }) {
  const [q, setQ] = useParam('q')
  const [open, setOpen] = useParam('open')
  const list = useList<Delivery>('api/deliveries', { step: queue.step, state: stage.id, q })
  useFresh(queue, list.items.length, list.reload)
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set())
  const chosen = useMemo(() => list.items.filter((one) => ticked.has(one.id)), [list.items, ticked])
  const columns = useMemo(() => {
    const tick = (id: number) =>
      setTicked((before) => {
        const after = new Set(before)
        if (!after.delete(id)) after.add(id)
        return after
      })
    return columnsOf(stage.id, queue, ticked, tick)
  }, [stage.id, queue, ticked])
  // The figures come a moment after the list: what is all there is counted.
  const figure = countOf(queue, stage.id)
  const count = list.hasMore ? Math.max(figure, list.items.length) : list.items.length
  return (
    <div className={css.stage}>
      <div className={css.bar}>
        <Checkbox
          label="Choose all that are loaded"
          checked={chosen.length > 0 && chosen.length === list.items.length}
          disabled={list.items.length === 0}
          onChange={(on) => setTicked(new Set(on ? list.items.map((one) => one.id) : []))}
        />
        <Deeds
          queue={queue}
          stage={stage}
          chosen={chosen.length > 0 ? chosen : { step: queue.step, state: stage.id, q, count }}
          isAny={list.items.length > 0}
          onDone={() => setTicked(new Set())}
        />
        <span className={css.search}>
          <SearchField value={q} onChange={setQ} label="Search deliveries" />
        </span>
      </div>
      <p className={css.meaning} data-testid="meaning">
        {meaningOf(stage, queue)}
      </p>
      {list.error ? (
        <ErrorNote error={list.error} onRetry={list.reload} />
      ) : list.isLoading ? (
        <Skeleton rows={4} />
      ) : list.items.length === 0 ? (
        q ? (
          <Empty title={`Nothing here contains “${q}”`}>Another word, or another stage, may find it.</Empty>
        ) : (
          <Empty title={`Nothing is ${stage.label.toLowerCase()}`}>{stage.none}</Empty>
        )
      ) : (
        <Table
          columns={columns}
          items={list.items}
          keyOf={(one) => one.id}
          label={`${stage.label} deliveries`}
          selected={open ? Number(open) : null}
          onSelect={(one) => setOpen(String(one.id), { push: true })}
          onEnd={list.loadMore}
          testId="deliveries"
          rowTestId={(one) => `delivery-${one.id}`}
        />
      )}
      {list.items.length > FRESH ? (
        <div className={css.foot}>
          {format.count(list.items.length)} of {format.count(count)} loaded. So long a list is not refreshed
          by itself.
          <Button small tone="quiet" onClick={list.reload}>
            Load anew
          </Button>
        </div>
      ) : null}
    </div>
  )
}

/** Asks anew when the figures of the step show that something has moved. */
function useFresh(queue: StepQueue, length: number, reload: () => void): void {
  const { ready, delayed, running, blocked, dead, runs, failures, retries } = queue
  const signs = [ready, delayed, running, blocked, dead, runs, failures, retries].join()
  const known = useRef(signs)
  useEffect(() => {
    if (known.current === signs || length > FRESH) return
    const timer = setTimeout(() => {
      known.current = signs
      reload()
    }, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [signs, length, reload])
}

interface DeedsProps {
  queue: StepQueue
  stage: Stage
  chosen: Chosen
  isAny: boolean
  onDone: () => void
}

function Deeds({ queue, stage, chosen, isAny, onDone }: DeedsProps) {
  const work = useWork()
  const [busy, setBusy] = useState('')
  const isAll = 'count' in chosen
  const whom = !isAll ? format.count(chosen.length) : chosen.q ? 'all found' : 'all'
  const during = async (name: string, deed: () => Promise<unknown>) => {
    setBusy(name)
    try {
      if ((await deed()) !== false) onDone()
    } finally {
      setBusy('')
    }
  }
  if (stage.id === 'running')
    return <span className={css.still}>What runs can be neither hurried nor discarded.</span>
  return (
    <>
      {stage.id === 'delayed' ? (
        <Button
          small
          icon={RotateCcw}
          disabled={!isAny}
          busy={busy === 'retry'}
          onClick={() => during('retry', () => work.retry(chosen))}
          data-testid="retry"
        >
          Retry {whom} now
        </Button>
      ) : null}
      {stage.id === 'dead' ? (
        <Button
          small
          icon={RotateCcw}
          disabled={!isAny}
          busy={busy === 'redrive'}
          onClick={() => during('redrive', () => work.redrive(chosen))}
          data-testid="redrive"
        >
          Redrive {whom}
        </Button>
      ) : null}
      <Button
        small
        tone="danger"
        icon={Trash2}
        disabled={!isAny}
        busy={busy === 'discard'}
        onClick={() => during('discard', () => work.discard(chosen))}
        data-testid="discard"
      >
        Discard {whom}…
      </Button>
      {stage.id === 'dead' ? (
        <Button
          small
          tone="quiet"
          icon={Download}
          disabled={!isAny}
          onClick={() => void work.exportDead(queue.step)}
          data-testid="export"
        >
          Export all as JSON
        </Button>
      ) : null}
    </>
  )
}
