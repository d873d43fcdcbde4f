/** Numbers as people read them: durations, ages, sizes, counts, moments. Pure. */

/** `850 ms`, `1.2 s`, `3 m 5 s`, `2 h 10 m`, `4 d 1 h`; a dash for none. */
export function duration(ms: number | null | undefined): string {
  if (ms == null || !Number.isFinite(ms)) return '–'
  if (ms < 0) return `-${duration(-ms)}`
  if (ms < 1) return ms === 0 ? '0 ms' : '<1 ms'
  if (ms < 1000) return `${ms < 10 ? trim(ms, 1) : Math.round(ms)} ms`
  if (ms < 59_950) return `${trim(ms / 1000, ms < 9_950 ? 2 : 1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return pair(Math.floor(seconds / 60), 'm', seconds % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
  const hours = Math.round(minutes / 60)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** How long ago, in one unit: `now`, `12 s`, `5 m`, `3 h`, `2 d`. */
export function age(ms: number | null | undefined): string {
  if (ms == null) return '–'
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 2) return 'now'
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** `0 B`, `812 B`, `3.4 KiB`, `12 MiB`. */
export function bytes(count: number | null | undefined): string {
  if (count == null) return '–'
  if (count < 1024) return `${count} B`
  const units = ['KiB', 'MiB', 'GiB', 'TiB']
  let value = count
  let unit = -1
  do {
    value /= 1024
    unit += 1
  } while (value >= 1023.95 && unit < units.length - 1)
  return `${trim(value, value < 9.95 ? 1 : 0)} ${units[unit]}`
}

/** Whole up to 9,999, then `12.3 k`, `4.5 M`. */
export function count(value: number | null | undefined): string {
  if (value == null) return '–'
  if (Math.abs(value) < 10_000) return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
  if (Math.abs(value) < 999_950) return `${trim(value / 1000, 1)} k`
  return `${trim(value / 1_000_000, 1)} M`
}

/** `14:03:21` today, `Nov 3, 14:03` before; with `exact` always to the millisecond. */
export function moment(
  ms: number | null | undefined,
  options: { exact?: boolean; now?: number } = {},
): string {
  if (ms == null) return '–'
  const at = new Date(ms)
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0'))
  const fine = `.${String(at.getMilliseconds()).padStart(3, '0')}`
  if (options.exact) return `${day(at)}, ${clock.join(':')}${fine}`
  const isToday = new Date(options.now ?? Date.now()).toDateString() === at.toDateString()
  return isToday ? clock.join(':') : `${day(at)}, ${clock.slice(0, 2).join(':')}`
}

/** `14:03:21.042`: for lines of one day. */
export function clock(ms: number): string {
  const at = new Date(ms)
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

/** `1 step`, `2 steps`. */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`
}

/** JSON in one line, for a cell: `id: 7, text: "milk"`. Members named in `without` are left out. */
export function oneLine(value: unknown, without: readonly string[] = [], most = 240): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return part(value, most)
  let line = ''
  for (const [key, each] of Object.entries(value)) {
    if (without.includes(key)) continue
    line += `${line ? ', ' : ''}${key}: ${part(each, most)}`
    if (line.length > most) return `${line.slice(0, most)}…`
  }
  return line || '{}'
}

function part(value: unknown, most: number): string {
  const text = JSON.stringify(value) ?? 'null'
  return text.length > most ? `${text.slice(0, most)}…` : text
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function day(at: Date): string {
  return `${MONTHS[at.getMonth()]} ${at.getDate()}`
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)))
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`
}
