/** Why a run failed: the message, the source around the innermost line that is the project's own, the stack, and what became
 *  of the delivery. */
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { to } from '../../app/address'
import { type Delivery, type Run, useGet } from '../../data'
import { Ago, CodeView, CopyButton, classes, format, Section, useNow } from '../../design'
import css from './Failed.module.css'
import { type Frame, framesOf, languageOf, ownFrame } from './stack'

export function Failed({ run, left }: { run: Run; left: Delivery | null }) {
  const error = run.error ?? { message: '' }
  const frames = useMemo(() => framesOf(error.stack, run.filePath), [error.stack, run.filePath])
  const [chosen, setChosen] = useState<Frame | null>(null)
  const frame = chosen ?? ownFrame(frames)
  return (
    <Section
      title="Why it failed"
      actions={error.stack ? <CopyButton text={error.stack} words="Copy the stack" /> : null}
    >
      <div className={css.error} data-testid="run-error">
        {error.name ? <strong>{error.name}</strong> : null}
        <pre className={css.message}>{error.message}</pre>
      </div>
      <Left left={left} />
      {frame?.file ? <Source file={frame.path} line={frame.line} /> : null}
      <Frames frames={frames} shown={frame} onChoose={setChosen} />
      {frames.length === 0 && error.stack ? <pre className={css.stack}>{error.stack}</pre> : null}
    </Section>
  )
}

/** What became of the delivery, while that is still to be changed. */
function Left({ left }: { left: Delivery | null }) {
  const now = useNow()
  if (!left) return null
  const isDead = left.state === 'dead'
  const due = left.due ?? 0
  return (
    <p className={css.left}>
      {isDead ? (
        <>
          Given up <Ago at={left.buried} suffix=" ago" /> after {format.plural(left.attempts, 'attempt')}.{' '}
        </>
      ) : due > now ? (
        `It is tried again in ${format.age(due - now)}. `
      ) : (
        'It waits for its next try. '
      )}
      <Link
        href={to.queue(left.step, { state: left.state, open: left.id })}
        data-testid={isDead ? 'to-dead-letter' : 'to-delivery'}
      >
        {isDead ? 'Open the dead letter' : 'Open the delivery'}
      </Link>
    </p>
  )
}

/** Lines. */
const SEEN = 13

/** The file, open at the line. */
function Source({ file, line }: { file: string; line: number }) {
  const { data, error } = useGet<{ filePath: string; content: string }>('api/source', { file })
  const highlights = useMemo(() => [{ from: line, to: line }], [line])
  if (error) return <p className={css.faint}>The source is not there any more.</p>
  const lines = data?.content.trimEnd().split('\n').length ?? SEEN
  return (
    <figure
      className={css.source}
      data-testid="run-source"
      style={{ height: `${Math.max(5, Math.min(SEEN, lines)) * 1.25 + 2.75}rem` }}
    >
      <figcaption className={css.caption} title={data?.filePath}>
        {data?.filePath ?? file}:{line}
      </figcaption>
      {data ? (
        <CodeView
          text={data.content}
          language={languageOf(file)}
          highlights={highlights}
          line={line}
          label={`Source of ${data.filePath}`}
        />
      ) : null}
    </figure>
  )
}

interface FramesProps {
  frames: readonly Frame[]
  shown: Frame | null
  onChoose: (frame: Frame) => void
}

/** The innermost first. Frames of the project can be opened, others are put away. */
function Frames({ frames, shown, onChoose }: FramesProps) {
  const [showsAll, setShowsAll] = useState(false)
  const foreign = frames.filter((frame) => frame.file === null).length
  if (frames.length === 0) return null
  return (
    <ol className={css.frames} aria-label="Stack, innermost first">
      {frames.map((frame, at) =>
        frame.file !== null ? (
          <li key={at}>
            <button
              type="button"
              className={classes(css.frame, frame === shown && css.shown)}
              aria-pressed={frame === shown}
              onClick={() => onChoose(frame)}
              data-testid="stack-frame"
            >
              <span>
                {frame.file}:{frame.line}
              </span>
              <span className={css.faint}>{frame.name}</span>
            </button>
          </li>
        ) : showsAll ? (
          <li key={at} className={css.foreign}>
            {frame.text}
          </li>
        ) : null,
      )}
      {foreign > 0 && !showsAll ? (
        <li>
          <button type="button" className={css.more} onClick={() => setShowsAll(true)}>
            {format.plural(foreign, 'frame')} of packages
          </button>
        </li>
      ) : null}
    </ol>
  )
}
