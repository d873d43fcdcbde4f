/** All lines that match, as a file with one JSON per line, the oldest first. */
import { get, type LogLine, type Page, type Params } from '../../data'
import { Matcher } from './matcher'

/** More than this would not fit into a page's memory for long. */
export const MOST = 200_000

export interface Got {
  lines: number
  /** There were more than may be. */
  isCut: boolean
}

export async function download(
  params: Params,
  pattern: string,
  onProgress: (lines: number) => void,
): Promise<Got> {
  const parts: string[] = []
  let lines = 0
  let cursor: string | null = null
  do {
    const page: Page<LogLine> = await get<Page<LogLine>>('api/logs', {
      ...params,
      limit: 1000,
      order: 'oldest',
      cursor,
    })
    const chosen: readonly LogLine[] = pattern ? await matching(page.items, pattern) : page.items
    for (const line of chosen) parts.push(`${JSON.stringify(line)}\n`)
    lines += chosen.length
    onProgress(lines)
    cursor = page.next
  } while (cursor !== null && lines < MOST)
  give(
    new Blob(parts, { type: 'application/x-ndjson' }),
    `logs-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`,
  )
  return { lines, isCut: cursor !== null }
}

function matching(lines: readonly LogLine[], pattern: string): Promise<LogLine[]> {
  return new Promise((resolve, reject) => {
    const matcher: Matcher = new Matcher(pattern, () => {
      if (!matcher.state.isDone) return
      matcher.end()
      if (matcher.state.wasStopped) reject(new Error('The regular expression takes too long'))
      else resolve(lines.filter((line) => (matcher.placesIn(line)?.length ?? 0) > 0))
    })
    matcher.look(lines)
    matcher.begin()
  })
}

function give(file: Blob, name: string): void {
  const address = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
