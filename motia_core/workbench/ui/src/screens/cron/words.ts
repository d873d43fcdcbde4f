/** A cron expression in words: `0 9 * * 1-5` is "every weekday at 09:00". Pure. What cannot be said briefly and exactly is
 *  null: then the expression speaks for itself. */

const ALIASES: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** One field: all of it, every so many, or these. */
type Part = { kind: 'all' } | { kind: 'every'; step: number } | { kind: 'these'; values: number[] }

interface Moments {
  second: Part
  minute: Part
  hour: Part
}

export function inWords(expression: string): string | null {
  const text = expression.trim()
  const given = (ALIASES[text.toLowerCase()] ?? text).split(/\s+/)
  if (given.length < 5 || given.length > 6) return null
  const [second, minute, hour, date, month, day] = given.length === 5 ? ['0', ...given] : given
  const parts = {
    second: read(second, 0, 59),
    minute: read(minute, 0, 59),
    hour: read(hour, 0, 23),
    month: read(month, 1, 12, MONTHS),
    day: read(day, 0, 7, DAYS),
  }
  if (!parts.second || !parts.minute || !parts.hour || !parts.month || !parts.day) return null
  const days = dates(date ?? '', parts.day)
  const months = monthsOf(parts.month)
  const moment = moments({ second: parts.second, minute: parts.minute, hour: parts.hour })
  if (days === null || months === null || moment === null) return null
  const when = moment.isRhythm
    ? [moment.words, days].filter(Boolean).join(', ')
    : `${days || 'every day'} ${moment.words}`
  return months ? `${when}, ${months}` : when
}

function moments({ second, minute, hour }: Moments): { words: string; isRhythm: boolean } | null {
  const rhythm = (words: string) => ({ words, isRhythm: true })
  const isMinutely = minute.kind === 'all' && hour.kind === 'all'
  if (second.kind === 'all') return isMinutely ? rhythm('every second') : null
  if (second.kind === 'every') return isMinutely ? rhythm(every(second.step, 'second', 60)) : null
  const at = second.values
  const tail = at.length === 1 && at[0] === 0 ? '' : ` at second ${list(at.map(String))}`
  if (isMinutely) return rhythm(`every minute${tail}`)
  if (minute.kind !== 'these') {
    const often = minute.kind === 'all' ? 'every minute' : every(minute.step, 'minute', 60)
    const span = hour.kind === 'all' ? '' : during(hour)
    return span === null ? null : rhythm(`${often}${span}${tail}`)
  }
  if (tail && at.length > 1) return null
  if (hour.kind === 'these') return clocks(hour.values, minute.values, at[0] ?? 0)
  const past =
    minute.values.length === 1 && minute.values[0] === 0
      ? ''
      : ` at minute ${list(minute.values.map(String))}`
  const hours = hour.kind === 'all' ? 'every hour' : every(hour.step, 'hour', 24)
  return rhythm(`${hours}${past}${past && tail ? ',' : ''}${tail}`)
}

/** Times of the day, or the hours of a span. */
function clocks(
  hours: number[],
  minutes: number[],
  second: number,
): { words: string; isRhythm: boolean } | null {
  const exact = (hour: number, minute: number) =>
    `${two(hour)}:${two(minute)}${second === 0 ? '' : `:${two(second)}`}`
  if (hours.length * minutes.length <= 4) {
    const times = hours.flatMap((hour) => minutes.map((minute) => exact(hour, minute)))
    return { words: `at ${list(times)}`, isRhythm: false }
  }
  const [minute] = minutes
  if (minutes.length > 1 || minute === undefined || !isRun(hours)) return null
  return {
    words: `every hour from ${exact(hours[0] ?? 0, minute)} to ${exact(hours.at(-1) ?? 0, minute)}`,
    isRhythm: true,
  }
}

/** ` from 09:00 to 17:59` */
function during(hour: Part): string | null {
  if (hour.kind !== 'these' || !isRun(hour.values)) return null
  return ` from ${two(hour.values[0] ?? 0)}:00 to ${two(hour.values.at(-1) ?? 0)}:59`
}

/** Empty = every day. When both fields are given either may match, which is longer than the expression: null. */
function dates(date: string, day: Part): string | null {
  const isAny = date === '*' || date === '?'
  if (!isAny) {
    if (day.kind !== 'all') return null
    if (date.toUpperCase() === 'L') return 'on the last day of the month'
    const part = read(date, 1, 31)
    if (part?.kind !== 'these' || part.values.length > 4) return null
    return `on the ${list(part.values.map(ordinal))} of the month`
  }
  if (day.kind === 'all') return ''
  if (day.kind === 'every') return null
  const days = [...new Set(day.values.map((one) => one % 7))].sort((a, b) => a - b)
  if (days.length === 7) return ''
  if (days.join() === '1,2,3,4,5') return 'every weekday'
  if (days.join() === '0,6') return 'every Saturday and Sunday'
  const names = days.map((one) => DAYS[one] ?? '')
  if (days.length > 2 && isRun(days)) return `${names[0]} to ${names.at(-1)}`
  return `every ${list(names)}`
}

function monthsOf(month: Part): string | null {
  if (month.kind === 'all') return ''
  if (month.kind === 'every') return 12 % month.step === 0 ? `every ${ordinal(month.step)} month` : null
  const names = month.values.map((one) => MONTHS[one - 1] ?? '')
  return month.values.length > 2 && isRun(month.values)
    ? `from ${names[0]} to ${names.at(-1)}`
    : `in ${list(names)}`
}

/** null: not understood. Ranges and lists become what they stand for. */
function read(text: string | undefined, least: number, most: number, names: string[] = []): Part | null {
  if (text === undefined) return null
  if (text === '*' || text === '?' || text === '*/1') return { kind: 'all' }
  const rhythm = /^\*\/(\d+)$/.exec(text)
  if (rhythm) {
    const step = Number(rhythm[1])
    return step > 1 && step <= most ? { kind: 'every', step } : null
  }
  const values = new Set<number>()
  for (const piece of text.split(',')) {
    const found = /^(\w+)(?:-(\w+)(?:\/(\d+))?)?$/.exec(piece)
    if (!found) return null
    const from = value(found[1] ?? '', names, least)
    const until = found[2] === undefined ? from : value(found[2], names, least)
    const step = Number(found[3] ?? 1)
    if (!(from >= least && until <= most && from <= until && step >= 1)) return null
    for (let one = from; one <= until; one += step) values.add(one)
  }
  return { kind: 'these', values: [...values].sort((a, b) => a - b) }
}

function value(text: string, names: string[], least: number): number {
  if (/^\d+$/.test(text)) return Number(text)
  const wanted = text.toLowerCase()
  const at = names.findIndex((name) => name.toLowerCase().slice(0, Math.max(3, wanted.length)) === wanted)
  return at < 0 ? Number.NaN : at + least
}

/** When the whole is no multiple of it, the rhythm begins anew: that is said. */
function every(step: number, unit: string, whole: number): string {
  const anew = { second: 'minute', minute: 'hour', hour: 'day' }[unit]
  return `every ${step} ${unit}s${whole % step === 0 ? '' : `, anew each ${anew}`}`
}

function isRun(values: number[]): boolean {
  return values.every((one, at) => at === 0 || one === (values[at - 1] ?? 0) + 1)
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

function list(words: string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

function ordinal(number: number): string {
  const teen = number % 100 > 10 && number % 100 < 14
  return `${number}${teen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')}`
}
