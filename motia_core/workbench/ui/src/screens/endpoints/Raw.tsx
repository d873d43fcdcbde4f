/** A body as the text it is. Of a long one a part is shown; while it still comes, the end. */
import { useEffect, useRef, useState } from 'react'
import { CopyButton, format } from '../../design'
import css from './response.module.css'
import { TextBlock } from './TextBlock'

const PART = 100_000

export function Raw({ text, follows }: { text: string; follows?: boolean }) {
  const [shown, setShown] = useState(PART)
  const place = useRef<HTMLElement>(null)
  const isAtEnd = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever more text has come
  useEffect(() => {
    if (follows && isAtEnd.current && place.current) place.current.scrollTop = place.current.scrollHeight
  }, [text, follows])
  if (text === '')
    return <p className={css.teach}>{follows ? 'Nothing has come yet.' : 'There is no text.'}</p>
  const part = follows ? text.slice(-shown) : text.slice(0, shown)
  return (
    <div className={css.raw}>
      <div className={css.rawCopy}>
        <CopyButton text={text} label="Copy the text" />
      </div>
      <TextBlock
        ref={place}
        text={part}
        label="Text of the response"
        testId="endpoint-raw"
        onScroll={(at) => {
          isAtEnd.current = at.scrollHeight - at.scrollTop - at.clientHeight < 40
        }}
      />
      {text.length > part.length ? (
        <button type="button" className={css.more} onClick={() => setShown(shown + 5 * PART)}>
          {format.count(text.length - part.length)} more characters {follows ? 'before this' : ''}
        </button>
      ) : null}
    </div>
  )
}
