/** Runs a trace or one run again, with the input it had or another one, or says first what would run. Recorded inputs go
 *  from the server's store into the run: nothing shows them, this neither. */
import { useEffect, useRef, useState } from 'react'
import { type ApiError, type Json, post, type Run } from '../../data'
import {
  Button,
  Dialog,
  ErrorNote,
  Field,
  JsonEditor,
  jsonError,
  parseJson,
  Segmented,
  toast,
} from '../../design'
import css from './ReplayDialog.module.css'
import { type Replayed, Said } from './Said'
import { useInputs } from './useInputs'

interface ReplayDialogProps {
  trace: string
  run: string | undefined
  runs: readonly Run[]
  onClose: () => void
  /** The new trace. */
  onDone: (trace: string) => void
}

type What = 'trace' | 'run'

export function ReplayDialog({ trace, run: opened, runs, onClose, onDone }: ReplayDialogProps) {
  const first = runs.filter((one) => one.parentId === undefined)
  const [what, setWhat] = useState<What>(opened ? 'run' : 'trace')
  const run =
    what === 'run' ? runs.find((one) => one.id === opened) : first.length === 1 ? first[0] : undefined
  const id = what === 'run' && opened ? opened : trace
  const [edits, setEdits] = useState(false)
  const inputs = useInputs(run)
  const [text, setText] = useState<string | null>(null)
  const shown = text ?? inputs.text
  const fault = edits ? jsonError(shown) : null
  const dry = useDry(id)
  const [said, setSaid] = useState<Replayed | null>(null)
  const [busy, setBusy] = useState<'dry' | 'real' | null>(null)
  const [error, setError] = useState<ApiError | null>(null)
  const refused = dry.answer?.runs.find((one) => one.error)?.error ?? dry.answer?.error ?? null
  const can = edits ? fault === null : refused === null && dry.answer !== null
  const isOver = useRef(false)
  useEffect(() => {
    isOver.current = false
    return () => {
      isOver.current = true
    }
  }, [])

  const start = async (isDry: boolean) => {
    if (!can || busy) return
    setBusy(isDry ? 'dry' : 'real')
    setError(null)
    try {
      const input = edits ? { input: parseJson(shown) as Json } : {}
      const target = edits && what === 'trace' && run ? run.id : id
      const answer = await post<Replayed>('api/replay', { id: target, dry: isDry, ...input })
      if (isDry) setSaid(answer)
      else if (answer.traceId === null) setSaid(answer)
      else {
        if (answer.error) toast.fail('It ran again and failed', answer.error)
        else toast.ok('It ran again')
        if (!isOver.current) onDone(answer.traceId)
      }
    } catch (failure) {
      setError(failure as ApiError)
    } finally {
      setBusy(null)
    }
  }
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={what === 'run' && run ? `Run ${run.name} again` : 'Run this trace again'}
      text="On the code of now, once, without retries. What it writes is written, and what it emits is emitted."
      actions={
        <>
          {edits ? (
            <Button
              onClick={() => start(true)}
              busy={busy === 'dry'}
              disabled={!can}
              data-testid="replay-dry"
            >
              What would run?
            </Button>
          ) : null}
          <Button
            tone="primary"
            onClick={() => start(false)}
            busy={busy === 'real'}
            disabled={!can}
            data-testid="replay-start"
          >
            {busy === 'real' ? 'Running…' : 'Run again'}
          </Button>
        </>
      }
    >
      <div className={css.choices}>
        {opened ? (
          <Segmented
            options={[
              { value: 'run', label: 'This run' },
              { value: 'trace', label: 'The whole trace' },
            ]}
            value={what}
            onChange={(value) => {
              setWhat(value)
              setText(null)
              setSaid(null)
            }}
            label="What is run again"
          />
        ) : null}
        <Segmented
          options={[
            { value: 'recorded', label: 'As recorded' },
            { value: 'edited', label: 'Another input' },
          ]}
          value={edits ? 'edited' : 'recorded'}
          onChange={(value) => {
            setEdits(value === 'edited')
            setSaid(null)
          }}
          label="Input"
        />
      </div>
      {error ? <ErrorNote error={error} /> : null}
      {edits ? (
        run ? (
          <Field label="Input" hint={inputs.hint} error={fault?.message}>
            {() => (
              <div className={css.editor}>
                <JsonEditor
                  value={shown}
                  onChange={setText}
                  label="Input"
                  onSubmit={() => void start(false)}
                  testId="replay-input"
                />
              </div>
            )}
          </Field>
        ) : (
          <p className={css.words}>
            {first.length} runs began this trace, and an input is for one of them: open one and run that
            again.
          </p>
        )
      ) : (
        <Said answer={dry.answer} isLoading={dry.isLoading} isRecorded />
      )}
      {said ? <Said answer={said} isLoading={false} isRecorded={!edits} /> : null}
    </Dialog>
  )
}

/** Whether it can be run again as it was: asked at once, so that nobody presses in vain. */
function useDry(id: string): { answer: Replayed | null; isLoading: boolean } {
  const [answer, setAnswer] = useState<Replayed | null>(null)
  useEffect(() => {
    const over = new AbortController()
    setAnswer(null)
    post<Replayed>('api/replay', { id, dry: true }, over.signal)
      .then(setAnswer)
      .catch((failure: ApiError) => {
        if (!over.signal.aborted) setAnswer({ traceId: null, runs: [], error: failure.message })
      })
    return () => over.abort()
  }, [id])
  return { answer, isLoading: answer === null }
}
