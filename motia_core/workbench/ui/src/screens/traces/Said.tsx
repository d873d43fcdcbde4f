/** What the server says of a replay: which steps would run with how large an input, and why one cannot. */
import { format, Skeleton, Status } from '../../design'
import css from './ReplayDialog.module.css'

/** `POST api/replay` */
export interface Replayed {
  traceId: string | null
  runs: {
    step: string
    kind: string
    file: string
    span: string
    size: number | null
    error: string | null
  }[]
  error: string | null
}

interface SaidProps {
  answer: Replayed | null
  isLoading: boolean
  isRecorded: boolean
}

export function Said({ answer, isLoading, isRecorded }: SaidProps) {
  if (isLoading || !answer) return <Skeleton rows={1} />
  return (
    <div className={css.said} data-testid="replay-said">
      {answer.runs.length === 0 ? (
        <Status state="failed">{answer.error ?? 'Nothing would run'}</Status>
      ) : null}
      {answer.runs.map((run) => (
        <div key={run.span} className={css.would}>
          {run.error ? (
            <>
              <Status state="failed">{run.step}</Status>
              <span className={css.words}>{run.error}</span>
            </>
          ) : (
            <>
              <Status state="ok">{run.step}</Status>
              <code>{run.file}</code>
              <span className={css.words}>
                {isRecorded
                  ? `with its recorded input of ${format.bytes(run.size)}, which only the replay itself reads`
                  : `with an input of ${format.bytes(run.size)}`}
              </span>
            </>
          )}
        </div>
      ))}
    </div>
  )
}
