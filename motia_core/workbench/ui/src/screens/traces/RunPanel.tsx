/** One run of one step: what it was, what went wrong, what it did, and what it led to. */
import { Play } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Run } from '../../data'
import { Badge, Button, KindTag, LanguageTag, Panel, Section, Status } from '../../design'
import { Compare } from './Compare'
import { Events } from './Events'
import { Failed } from './Failed'
import { useTraceLink } from './filters'
import { LedTo } from './LedTo'
import { RunFacts } from './RunFacts'
import { useLeftDelivery, useStep } from './related'
import type { LiveTrace } from './useTrace'

interface RunPanelProps {
  run: Run
  trace: LiveTrace
  traceId: string
  onClose: () => void
  onReplay: () => void
}

export function RunPanel({ run, trace, traceId, onClose, onReplay }: RunPanelProps) {
  const { runs, now } = trace
  const begin = useMemo(
    () => runs.reduce((least, one) => Math.min(least, one.startTime - one.wait), run.startTime),
    [runs, run],
  )
  const parent = runs.find((one) => one.id === run.parentId)
  const tries = useMemo(
    () => (run.delivery === undefined ? [run] : runs.filter((one) => one.delivery === run.delivery)),
    [runs, run],
  )
  const { step } = useStep(run.name)
  const left = useLeftDelivery(run)
  const [compared, setCompared] = useState<Run | null>(null)
  const link = useTraceLink()
  const other =
    tries.find((one) => one.id !== run.id && one.attempt === run.attempt - 1) ??
    tries.find((one) => one !== run)
  return (
    <Panel
      name="traces"
      title={run.name}
      label={`Run of ${run.name}`}
      onClose={onClose}
      subtitle={
        <>
          <Status state={run.status} />
          <KindTag kind={run.kind} />
          {run.language ? <LanguageTag language={run.language} /> : null}
          {tries.length > 1 ? <Badge>attempt {run.attempt}</Badge> : null}
        </>
      }
      actions={
        <Button small icon={Play} onClick={onReplay} data-testid="replay-run">
          Run again
        </Button>
      }
    >
      {run.error ? <Failed key={run.id} run={run} left={left} /> : null}
      <RunFacts
        run={run}
        tries={tries}
        parent={parent}
        step={step}
        begin={begin}
        now={now}
        href={(one) => link(traceId, one.id)}
        onCompare={other && (() => setCompared(other))}
      />
      <LedTo run={run} runs={runs} href={(one) => link(traceId, one.id)} />
      <Section
        title="What it did"
        actions={
          <Link href={to.logs({ trace: traceId, step: run.name })} data-testid="run-logs">
            Open in Logs
          </Link>
        }
      >
        <Events
          key={run.id}
          run={run}
          runs={runs}
          flow={step?.flows[0]}
          stepId={step?.id}
          href={(one) => link(traceId, one.id)}
        />
      </Section>
      {compared ? <Compare left={compared} right={run} now={now} onClose={() => setCompared(null)} /> : null}
    </Panel>
  )
}
