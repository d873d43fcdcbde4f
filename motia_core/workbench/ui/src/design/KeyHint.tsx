/** Keys as they stand on a keyboard: `keys="g f"`, `keys="mod k"`. */
import css from './KeyHint.module.css'

const isMac = /mac/i.test(navigator.userAgent)

export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={css.keys}>
      {keys.split(' ').map((key, at) => (
        <kbd key={at} className={css.key}>
          {key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key}
        </kbd>
      ))}
    </span>
  )
}
