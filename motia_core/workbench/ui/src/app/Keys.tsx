/** `?`: all keys that hold everywhere. */
import { Dialog, KeyHint } from '../design'
import css from './Keys.module.css'
import { SCREENS } from './screens'

const EVERYWHERE: [keys: string, does: string][] = [
  ['mod k', 'Go to a step, endpoint, flow or trace'],
  ['/', 'Search this screen'],
  ['↑ ↓', 'Move in a list'],
  ['Enter', 'Open what is marked'],
  ['Esc', 'Close the details, empty the search'],
  ['?', 'These keys'],
]

export default function Keys({ onClose }: { onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title="Keys" wide>
      <div className={css.columns}>
        <dl>
          {EVERYWHERE.map(([keys, does]) => (
            <Row key={keys} keys={keys} does={does} />
          ))}
        </dl>
        <dl>
          {SCREENS.map((one) => (
            <Row key={one.id} keys={`g ${one.key}`} does={one.label} />
          ))}
        </dl>
      </div>
    </Dialog>
  )
}

function Row({ keys, does }: { keys: string; does: string }) {
  return (
    <div className={css.row}>
      <dt>
        <KeyHint keys={keys} />
      </dt>
      <dd>{does}</dd>
    </div>
  )
}
