/** What has changed of what is served since the server started. */
import { Link } from 'wouter'
import { to } from '../../app/address'
import type { Overview, ServedChange } from '../../data'
import { Ago, Badge, Card, format, type Tone } from '../../design'
import css from './Overview.module.css'

const SHOWN = 6
const TONES: Record<ServedChange['what'], Tone> = {
  added: 'ok',
  changed: 'idle',
  removed: 'idle',
  broken: 'fail',
  mended: 'ok',
}

export function Changes({ seen }: { seen: Overview }) {
  return (
    <Card title="Since the start" testId="changes">
      {seen.changes.slice(0, SHOWN).map((one) => (
        <div key={`${one.time} ${one.what} ${one.step} ${one.file}`} className={css.row}>
          <Badge tone={TONES[one.what]}>{one.what}</Badge>
          <span className={`${css.grow} ${css.cut}`} title={one.file}>
            {one.step === null || one.what === 'removed' ? (
              (one.step ?? one.file)
            ) : (
              <Link href={to.traces({ step: one.step })} className={css.name}>
                {one.step}
              </Link>
            )}
          </span>
          <span className={css.quiet}>
            <Ago at={one.time} />
          </span>
        </div>
      ))}
      {seen.changeCount > SHOWN ? (
        <p className={css.calm}>{format.plural(seen.changeCount - SHOWN, 'change')} before these</p>
      ) : null}
      {seen.changeCount === 0 ? (
        <p className={css.calm}>Steps are as they were when the server started.</p>
      ) : null}
    </Card>
  )
}
