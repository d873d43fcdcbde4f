/** Ranges of lines as authors write them: `18`, `6-29`. Pure. */
import type { LineRange } from '../../design'

export function linesOf(written: readonly unknown[]): LineRange[] {
  return written.flatMap((one) => {
    const found = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(String(one))
    if (!found) return []
    const from = Number(found[1])
    const to = found[2] === undefined ? from : Number(found[2])
    return from > 0 && to >= from ? [{ from, to }] : []
  })
}
