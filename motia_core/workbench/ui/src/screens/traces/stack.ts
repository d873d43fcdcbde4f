/** A stack in the words of any language, as frames: which of them lie in the project, and where. Pure. */

export interface Frame {
  /** As the stack has it. */
  text: string
  /** As the stack names the file. */
  path: string
  /** Within the project; null: somebody else's. */
  file: string | null
  line: number
  /** Of the function, where the stack says so. */
  name: string
}

const PLACES = [
  /File "(?<path>[^"\n]+)", line (?<line>\d+)(?:, in (?<name>.+))?/,
  /at (?:(?:async )?(?<name>[^\s(]+) )?\(?(?:file:\/\/)?(?<path>(?:\/|[A-Za-z]:[\\/])[^\s():]+):(?<line>\d+)/,
  /(?<path>(?:\/|[A-Za-z]:[\\/])[^\s():]+):(?<line>\d+)(?::in [`'](?<name>[^']+)')?/,
]
const FOREIGN = /\/(node_modules|site-packages|python_modules|\.?venv|vendor|gems|\.motia)\//

/** The innermost first, whatever the language. `file` is that of the run, by which the project's folder is known. */
export function framesOf(stack: string | undefined, file: string | undefined): Frame[] {
  const found: Frame[] = []
  for (const text of (stack ?? '').split('\n')) {
    for (const place of PLACES) {
      const { path, line, name } = place.exec(text)?.groups ?? {}
      if (path === undefined) continue
      found.push({ text: text.trim(), path, file: null, line: Number(line), name: named(text, name) })
      break
    }
  }
  const root = rootOf(found, file)
  for (const frame of found)
    if (root !== null && frame.path.startsWith(root) && !FOREIGN.test(frame.path.slice(root.length - 1)))
      frame.file = frame.path.slice(root.length)
  return stack?.includes('most recent call last') ? found.reverse() : found
}

/** The words after the place, where a stack has the function there. */
function named(text: string, name: string | undefined): string {
  if (name) return name
  return /:in [`']([^']+)'/.exec(text)?.[1] ?? ''
}

function rootOf(frames: readonly Frame[], file: string | undefined): string | null {
  if (!file) return null
  const own = frames.find((frame) => frame.path.endsWith(`/${file}`))
  return own ? own.path.slice(0, -file.length) : null
}

/** The innermost line of the project's own. */
export function ownFrame(frames: readonly Frame[]): Frame | null {
  return frames.find((frame) => frame.file !== null) ?? null
}

const LANGUAGES: Record<string, string> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
  rb: 'ruby',
  json: 'json',
}

export function languageOf(file: string): string | undefined {
  return LANGUAGES[file.slice(file.lastIndexOf('.') + 1)]
}
