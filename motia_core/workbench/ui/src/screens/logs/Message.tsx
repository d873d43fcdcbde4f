/** The words of a line: message and fields, in the colours a terminal would show, with what was looked for marked. What
 *  turns the direction of writing turns that of its own part only. */
import { memo } from 'react'
import type { LogLine } from '../../data'
import { classes } from '../../design'
import css from './Message.module.css'
import { marked, type Piece, textOf } from './text'
import type { Range } from './words'

interface MessageProps {
  line: LogLine
  ranges: readonly Range[]
  hasColours: boolean
  /** Line ends are kept; otherwise the first line is shown and the rest counted. */
  wraps: boolean
}

export const Message = memo(function Message({ line, ranges, hasColours, wraps }: MessageProps) {
  const { text, fieldsAt, pieces, lines } = textOf(line)
  const fields: Piece[] = text.length > fieldsAt ? [{ text: text.slice(fieldsAt) }] : []
  return (
    <>
      <bdi>
        <Pieces pieces={marked(pieces, ranges)} hasColours={hasColours} />
      </bdi>
      {lines > 1 && !wraps ? <span className={css.more}>{lines} lines</span> : null}
      {fields.length > 0 ? (
        <bdi className={css.fields}>
          <Pieces pieces={marked(fields, ranges, fieldsAt)} hasColours={false} />
        </bdi>
      ) : null}
    </>
  )
})

export function Pieces({ pieces, hasColours }: { pieces: readonly Piece[]; hasColours: boolean }) {
  return pieces.map((piece, at) => {
    const name = hasColours
      ? classes(piece.colour && css[piece.colour], piece.isBold && css.bold, piece.isDim && css.dim)
      : undefined
    if (piece.isFound)
      return (
        <mark key={at} className={classes(css.found, name)}>
          {piece.text}
        </mark>
      )
    return name ? (
      <span key={at} className={name}>
        {piece.text}
      </span>
    ) : (
      piece.text
    )
  })
}
