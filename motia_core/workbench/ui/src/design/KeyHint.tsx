/** Keys as they stand on a keyboard: `keys="g f"`, `keys="mod k"`. */
import css from './KeyHint.module.css'

const isMac = /mac/i.test(navigator.userAgent)

export function KeyHint({ keys }: { keys: string }) {
  return (
    <span className={css.keys}>
      {keys.split(' ').map((key, at) => (
        <kbd key={at} className={css.key}>
          {cap(key)}
        </kbd>
      ))}
    </span>
  )
}

/** A letter is pressed as it stands; what is no letter is called by its name. */
function cap(key: string): string {
  if (key === 'mod') return isMac ? '⌘' : 'Ctrl'
  return key.length > 1 ? `${key.charAt(0).toUpperCase()}${key.slice(1)}` : key
}
