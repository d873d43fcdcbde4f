/** One trace: what it was, how it went, and its runs over time. */
import { Download, PanelLeft, Play, ScrollText, X } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Run } from '../../data'
import {
  Ago,
  Button,
  CopyButton,
  Empty,
  ErrorNote,
  format,
  IconButton,
  KindTag,
  LanguageTag,
  Skeleton,
  Status,
} from '../../design'
import { ReplayOf } from './ReplayOf'
import { save } from './save'
import css from './TraceView.module.css'
import { type Path, type Tree, treeOf } from './tree'
import type { LiveTrace } from './useTrace'
import { Waterfall } from './Waterfall'

interface TraceViewProps {
  id: string
  trace: LiveTrace
  selected: string
  onSelect: (run: Run) => void
  onMark: (run: Run) => void
  onClose: () => void
  onReplay: () => void
  /** The list stands beside it, or is put away. */
  hasList: boolean
  onList: (shows: boolean) => void
}

export function TraceView({
  id,
  trace,
  selected,
  onSelect,
  onMark,
  onClose,
  onReplay,
  hasList,
  onList,
}: TraceViewProps) {
  const { runs, now } = trace
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const tree = useMemo(() => treeOf(runs, folded, now), [runs, folded, now])
  const fold = (ids: string[], isFolded: boolean) =>
    setFolded((before) => {
      const next = new Set(before)
      for (const one of ids) isFolded ? next.add(one) : next.delete(one)
      return next
    })
  return (
    <section className={css.view} aria-label="Trace" data-testid="trace-details" data-trace={id}>
      <header className={css.header}>
        <IconButton
          icon={PanelLeft}
          small
          label={hasList ? 'Hide the list' : 'Show the list'}
          isOn={hasList}
          onClick={() => onList(!hasList)}
        />
        {tree.first ? (
          <>
            <h2 className={css.title}>{tree.first.name}</h2>
            <span className={css.kind}>
              <KindTag kind={tree.first.kind} />
            </span>
            <Status state={tree.status} />
          </>
        ) : (
          <h2 className={css.title}>{id}</h2>
        )}
        <div className={css.actions}>
          <Button small icon={Play} onClick={onReplay} disabled={!tree.first} data-testid="replay-trace">
            Run again
          </Button>
          <Link href={to.logs({ trace: id })} className={css.link} data-testid="trace-logs">
            <ScrollText size={14} aria-label="Logs of this trace" />
            <span aria-hidden>Logs</span>
          </Link>
          <IconButton
            icon={Download}
            small
            label="Save this trace as JSON"
            disabled={!tree.first}
            onClick={() => save(id, tree, runs)}
            data-testid="export-trace"
          />
          <span className={css.copy}>
            <CopyButton text={id} label="Copy the id of this trace" />
          </span>
          <IconButton
            icon={X}
            small
            label="Close the trace"
            keys="Esc"
            onClick={onClose}
            data-testid="close-trace"
          />
        </div>
      </header>
      {tree.first ? <About id={id} tree={tree} runs={runs} now={now} /> : null}
      {trace.error ? (
        <ErrorNote error={trace.error} />
      ) : trace.isLoading ? (
        <Skeleton rows={6} height={30} />
      ) : tree.first ? (
        <Waterfall
          key={id}
          tree={tree}
          runs={runs}
          now={now}
          selected={selected}
          onSelect={onSelect}
          onMark={onMark}
          onFold={fold}
        />
      ) : (
        <Empty title="Nothing is recorded of this trace">
          It is older than what is kept, was cleared, or still begins: what comes appears here by itself. How
          much is kept stands in <code>traces.retention</code> and <code>traces.maxSpans</code>.
        </Empty>
      )}
    </section>
  )
}

function About({ id, tree, runs, now }: { id: string; tree: Tree; runs: readonly Run[]; now: number }) {
  const waited = useMemo(() => runs.reduce((most, run) => Math.max(most, run.wait), 0), [runs])
  const first = tree.first as Run
  return (
    <div className={css.about}>
      <span>{format.duration((tree.running ? now : tree.to) - tree.from)}</span>
      <span>{format.plural(runs.length, 'run')}</span>
      {tree.failed > 0 ? <span className={css.failed}>{tree.failed} failed</span> : null}
      {tree.running > 0 ? <span className={css.running}>{tree.running} running</span> : null}
      <span>
        <Ago at={tree.from} suffix=" ago" />
      </span>
      {waited > 0 ? (
        <span title="The longest wait of a run for a worker">waited up to {format.duration(waited)}</span>
      ) : null}
      {tree.languages.map((language) => (
        <LanguageTag key={language} language={language} />
      ))}
      <code className={css.id}>{id}</code>
      {first.replayOf ? <ReplayOf id={first.replayOf} /> : null}
      {tree.path.runs.length > 1 ? <Critical path={tree.path} /> : null}
    </div>
  )
}

function Critical({ path }: { path: Path }) {
  const names: [string, number][] = []
  for (const run of path.runs) {
    const last = names.at(-1)
    if (last?.[0] === run.name) last[1] += 1
    else names.push([run.name, 1])
  }
  const said = names.map(([name, times]) => (times > 1 ? `${name} × ${times}` : name))
  const shown = said.length > 5 ? [...said.slice(0, 2), '…', ...said.slice(-2)] : said
  const parts = [
    `ran ${format.duration(path.ran)}`,
    path.waited > 0 ? `waited ${format.duration(path.waited)}` : '',
    path.delayed > 0 ? `${format.duration(path.delayed)} until the next try` : '',
  ].filter(Boolean)
  return (
    <span
      className={css.path}
      title="The chain of runs that ended last: a quicker one of these makes the whole quicker"
    >
      <b>Critical path</b> {shown.join(' › ')} <span className={css.parts}>{parts.join(', ')}</span>
    </span>
  )
}
