/** How long to wait before the next try to connect. Pure. */

const FIRST_MS = 400
const MOST_MS = 8000

/** `failures` in a row, from 1; `random` from 0 to 1 spreads those who come back together. */
export function wait(failures: number, random: number): number {
  const whole = Math.min(MOST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1))
  return Math.round(whole * (0.75 + random * 0.5))
}
