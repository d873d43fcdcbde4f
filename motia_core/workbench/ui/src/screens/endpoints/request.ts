/** The request that comes of a draft: address, headers, body, and what keeps it from being sent, in words. Pure. */
import { type Draft, type Part, type Row, takesNoBody } from './draft.ts'
import { fill } from './template.ts'

export type Body =
  | { kind: 'none' }
  | { kind: 'text'; text: string }
  | { kind: 'multipart'; parts: Part[] }
  | { kind: 'bytes'; base64: string; file: File | null }

export interface Asked {
  method: string
  /** Path and query. */
  target: string
  headers: [name: string, value: string][]
  body: Body
  cookies: boolean
  follows: boolean
  /** It cannot be sent. */
  problems: string[]
  /** Headers that a browser sends as it likes: only curl can set them. */
  withheld: string[]
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const WITHHELD =
  /^(?:accept-charset|accept-encoding|access-control-request-(?:headers|method)|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|user-agent|via|proxy-.*|sec-.*)$/i

export function isWithheld(name: string): boolean {
  return WITHHELD.test(name.trim())
}

/** `''`, or what is wrong with a header. */
export function headerFault(row: Row): string {
  if (!row.on || (row.name === '' && row.value === '')) return ''
  if (!TOKEN.test(row.name.trim())) return `“${row.name}” is no name of a header`
  if (/[\0\r\n]/.test(row.value)) return `The value of ${row.name} holds a line break`
  if ([...row.value].some((letter) => letter > '\u00ff'))
    return `The value of ${row.name} holds a letter that headers have no place for`
  return ''
}

export function ask(template: string, draft: Draft): Asked {
  const { path, problems } = fill(template, draft.path)
  const given = draft.query.filter((row) => row.on && row.name !== '')
  const query = given.map(({ name, value }) => `${encode(name)}=${encode(value)}`).join('&')
  const body = bodyOf(draft, problems)
  const headers: [string, string][] = []
  const withheld: string[] = []
  for (const row of draft.headers) {
    const name = row.name.trim()
    if (!row.on || name === '') continue
    const fault = headerFault(row)
    if (fault) problems.push(fault)
    else if (name.toLowerCase() === 'content-type' && !saysType(body)) continue
    else {
      if (isWithheld(name)) withheld.push(name)
      headers.push([name, row.value.trim()])
    }
  }
  return {
    method: draft.method,
    target: query ? `${path}?${query}` : path,
    headers,
    body,
    cookies: draft.cookies,
    follows: draft.follows,
    problems,
    withheld,
  }
}

/** The boundary of a form with files is the sender's to say. */
function saysType(body: Body): boolean {
  return body.kind === 'text' || body.kind === 'bytes'
}

function bodyOf(draft: Draft, problems: string[]): Body {
  if (takesNoBody(draft.method)) return { kind: 'none' }
  switch (draft.kind) {
    case 'none':
      return { kind: 'none' }
    case 'json':
      return { kind: 'text', text: draft.json }
    case 'text':
      return { kind: 'text', text: draft.text }
    case 'form': {
      const given = draft.form.filter((row) => row.on && row.name !== '')
      return { kind: 'text', text: new URLSearchParams(given.map((row) => [row.name, row.value])).toString() }
    }
    case 'multipart': {
      const parts = draft.parts.filter((part) => part.on && part.name !== '')
      for (const part of parts)
        if (part.isFile && !part.file) problems.push(`Choose a file for ${part.name}, or switch it off`)
      return { kind: 'multipart', parts }
    }
    case 'bytes':
      if (!draft.file && decoded(draft.base64) === null) problems.push('This is not base64')
      return { kind: 'bytes', base64: draft.base64, file: draft.file }
  }
}

/** null: it is not base64. */
export function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64.replace(/\s/g, '')), (one) => one.charCodeAt(0))
  } catch {
    return null
  }
}

/** Half a letter cannot be sent: browsers put a mark in its place. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd')
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text)).replace(/%20/g, '+')
}
