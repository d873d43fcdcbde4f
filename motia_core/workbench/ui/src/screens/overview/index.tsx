/** Overview: is it healthy, what failed lately, what is slow, what waits, which files are broken. */
import { useParam } from '../../app/address'
import { useOverview } from '../../app/overview'
import { type Pool, type Recording, useGet, useGroup } from '../../data'
import { Ago, ErrorNote, Screen, Skeleton } from '../../design'
import { Changes } from './Changes'
import { Deliveries } from './Deliveries'
import { Failures } from './Failures'
import { Figures } from './Figures'
import { NoSteps, NothingRan } from './First'
import { History } from './History'
import css from './Overview.module.css'
import { Problems } from './Problems'
import { Runtimes } from './Runtimes'
import { Slowest } from './Slowest'
import { SourcePanel } from './SourcePanel'
import { Verdict } from './Verdict'

export default function Overview() {
  const { item: seen, error } = useOverview()
  const { items: pools } = useGroup<Pool>('__motia.workers')
  const recording = useGet<Recording>('api/recording', {}, { every: 10_000 }).data
  const [file, setFile] = useParam('file')
  const [line, setLine] = useParam('line')
  const close = () => {
    setFile('')
    setLine('')
  }
  const about = seen ? (
    <span>
      Started <Ago at={seen.since} suffix=" ago" />
    </span>
  ) : null
  const isNew = seen?.steps === 0 && seen.problemCount === 0
  const isUnused = seen?.runs === 0 && recording?.held.spans === 0
  return (
    <Screen
      title="Overview"
      about={about}
      testId="overview"
      panel={file ? <SourcePanel file={file} line={Number(line) || 1} onClose={close} /> : null}
    >
      {error && !seen ? <ErrorNote error={error} /> : null}
      {!seen ? (
        <Skeleton rows={10} />
      ) : isNew ? (
        <NoSteps />
      ) : (
        <div className={css.page}>
          <Verdict seen={seen} pools={pools} />
          {isUnused ? <NothingRan /> : null}
          <Figures seen={seen} />
          <div className={css.columns}>
            <div className={css.column}>
              <Problems seen={seen} />
              <Failures seen={seen} />
              <Slowest seen={seen} />
            </div>
            <div className={css.column}>
              <Runtimes pools={pools} />
              <Deliveries seen={seen} />
              <Changes seen={seen} />
              <History recording={recording} />
            </div>
          </div>
        </div>
      )}
    </Screen>
  )
}
