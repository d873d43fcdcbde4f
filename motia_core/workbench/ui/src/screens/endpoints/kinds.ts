/** What a body is, by what its answer says of it, and by its bytes. Pure. */
import type { Call } from './call'

export type Kind = 'nothing' | 'events' | 'json' | 'html' | 'image' | 'text' | 'binary'

export function kindOf(call: Pick<Call, 'type' | 'size' | 'format' | 'text' | 'isUnderWay'>): Kind {
  const type = call.type.split(';')[0]?.trim().toLowerCase() ?? ''
  if (call.format) return 'events'
  if (call.size === 0) return call.isUnderWay ? 'text' : 'nothing'
  if (/[/+]json$/.test(type)) return 'json'
  if (type === 'text/html' || type === 'application/xhtml+xml') return 'html'
  if (/^image\/(?:png|jpeg|gif|webp|avif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)$/.test(type))
    return 'image'
  if (type.startsWith('text/') || /(?:[/+]xml|javascript|yaml|x-www-form-urlencoded)$/.test(type))
    return 'text'
  // What a decoder had to replace, or a null character, is no text.
  return type === '' && !/\0|\ufffd/.test(call.text.slice(0, 10_000)) ? 'text' : 'binary'
}

const ENDINGS: Record<string, string> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/zip': 'zip',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/plain': 'txt',
}

/** The name the answer gives its body, else one after the path. */
export function fileNameOf(call: Call): string {
  const given = call.headers.find(([name]) => name.toLowerCase() === 'content-disposition')?.[1] ?? ''
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(given)?.[1]
  const plain = /filename="?([^";]+)/i.exec(given)?.[1]
  const name = encoded ? safeDecode(encoded) : plain
  if (name) return name.replace(/[/\\]/g, '_')
  const type = call.type.split(';')[0]?.trim().toLowerCase() ?? ''
  const ending = ENDINGS[type] ?? (/^(?:image|audio|video)\/([\w-]+)$/.exec(type)?.[1] || 'bin')
  const last = call.asked.target.split('?')[0]?.split('/').filter(Boolean).at(-1) ?? 'response'
  return last.endsWith(`.${ending}`) ? last : `${last}.${ending}`
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** 16 bytes to a line: place, bytes, letters. */
export function hexLines(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)]
    const hex = part.map((one) => one.toString(16).padStart(2, '0')).join(' ')
    const letters = part.map((one) => (one >= 32 && one < 127 ? String.fromCharCode(one) : '.')).join('')
    lines.push(`${at.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${letters}`)
  }
  return lines.join('\n')
}
