/** Runs the chosen step by hand, here and now, with an input that is filled in from its schema. */
import { Play } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Ran, type Step, usePost } from '../../data'
import { sampleText } from '../../data/sample'
import { Button, JsonEditor, JsonView, jsonError, KeyHint, parseJson, Status } from '../../design'
import css from './flows.module.css'

export function RunStep({ step }: { step: Step }) {
  const [text, setText] = useState(() => firstInput(step))
  const run = usePost<{ step: string; input: unknown }, Ran>('api/run')
  const takesInput = step.type !== 'cron'
  const wrong = takesInput && text.trim() !== '' ? jsonError(text) : null
  const start = () => {
    if (wrong || run.isPending) return
    run.mutate({ step: step.name, input: takesInput && text.trim() ? parseJson(text) : null })
  }
  const said = run.data
  return (
    <div className={css.run}>
      {takesInput ? (
        <div className={css.editor}>
          <JsonEditor
            value={text}
            onChange={setText}
            label={step.type === 'api' ? 'Request' : 'Input'}
            onSubmit={start}
            testId="run-input"
          />
        </div>
      ) : null}
      <div className={css.runBar}>
        {step.type === 'api'
          ? 'As its body, or body, params, query and headers.'
          : takesInput
            ? 'As its input.'
            : 'As its next tick would.'}
        <Button
          tone="primary"
          icon={Play}
          busy={run.isPending}
          disabled={wrong !== null}
          onClick={start}
          data-testid="run-step"
        >
          Run {takesInput ? <KeyHint keys="mod enter" /> : null}
        </Button>
      </div>
      {said ? (
        <div className={css.result} data-testid="run-result">
          <div className={css.resultHead}>
            <Status state={said.error === null ? 'completed' : 'failed'} />
            <Link href={to.trace(said.traceId)}>Open its trace</Link>
          </div>
          <JsonView value={said.error === null ? said.result : said.error} label="What it answered" />
        </div>
      ) : null}
    </div>
  )
}

function firstInput(step: Step): string {
  if (step.type === 'event') return step.inputSchema ? sampleText(step.inputSchema) : '{}'
  const path = step.webhookUrl?.split(' ')[1] ?? ''
  const names = [...path.matchAll(/:([A-Za-z_]\w*)/g)].map((one) => one[1] as string)
  const body = step.bodySchema ? sampleText(step.bodySchema) : ''
  if (names.length === 0) return body || '{}'
  const params = Object.fromEntries(names.map((name) => [name, '']))
  return JSON.stringify({ params, ...(body ? { body: JSON.parse(body) } : {}) }, null, 2)
}
