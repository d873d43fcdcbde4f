/** A request as a command for a shell, and as a line of JavaScript. Whatever it holds, the shell reads it as text. Pure. */
import { type Asked, wellFormed } from './request.ts'

/** For sh, bash and zsh. `origin` as in `http://localhost:3000`. */
export function asCurl(asked: Asked, origin: string): string {
  const { method, body } = asked
  const parts: string[] = []
  // Brackets and braces are curl's own patterns otherwise.
  const globs = /[[\]{}]/.test(asked.target) ? '--globoff ' : ''
  parts.push(`curl ${globs}${quoted(`${origin}${asked.target}`)}`)
  if (method === 'HEAD') parts.push('--head')
  else if (method !== 'GET') parts.push(`--request ${quoted(method)}`)
  if (asked.follows) parts.push('--location')
  for (const [name, value] of asked.headers)
    parts.push(`--header ${quoted(value ? `${name}: ${value}` : `${name};`)}`)
  const saysType = asked.headers.some(([name]) => name.toLowerCase() === 'content-type')
  if ((body.kind === 'text' || body.kind === 'bytes') && !saysType)
    parts.push(`--header ${quoted('Content-Type:')}`)
  let before = ''
  if (body.kind === 'text') {
    // No argument can hold a null character.
    if (body.text.includes('\0')) {
      before = `printf %s ${quoted(base64Of(body.text))} | base64 -d | `
      parts.push('--data-binary @-')
    } else parts.push(`--data-raw ${quoted(wellFormed(body.text))}`)
  } else if (body.kind === 'multipart') {
    for (const part of body.parts) {
      parts.push(
        part.isFile
          ? `--form ${quoted(`${formName(part.name)}=@"${escaped(part.file?.name ?? 'file')}"`)}`
          : `--form-string ${quoted(`${formName(part.name)}=${part.value}`)}`,
      )
    }
  } else if (body.kind === 'bytes') {
    if (body.file) parts.push(`--data-binary ${quoted(`@${body.file.name}`)}`)
    else {
      before = `printf %s ${quoted(body.base64.replace(/\s/g, ''))} | base64 -d | `
      parts.push('--data-binary @-')
    }
  }
  return before + parts.join(' \\\n  ')
}

/** For the console of a browser, and for Node. */
export function asFetch(asked: Asked, origin: string): string {
  const { method, body } = asked
  const options: string[] = []
  if (method !== 'GET') options.push(`method: ${text(method)}`)
  if (asked.headers.length) {
    const all = asked.headers.map(([name, value]) => `    ${text(name)}: ${text(value)},\n`).join('')
    options.push(`headers: {\n${all}  }`)
  }
  if (!asked.follows) options.push(`redirect: 'manual'`)
  let before = ''
  if (body.kind === 'text') options.push(`body: ${text(body.text)}`)
  else if (body.kind === 'bytes' && !body.file)
    options.push(
      `body: Uint8Array.from(atob(${text(body.base64.replace(/\s/g, ''))}), (one) => one.charCodeAt(0))`,
    )
  else if (body.kind === 'bytes') {
    before = `const file = /* ${comment(body.file?.name ?? '')} */ new Blob()\n`
    options.push('body: file')
  } else if (body.kind === 'multipart') {
    const lines = body.parts.map((part) =>
      part.isFile
        ? `form.append(${text(part.name)}, new Blob(), ${text(part.file?.name ?? 'file')}) // put the file's bytes into the Blob\n`
        : `form.append(${text(part.name)}, ${text(part.value)})\n`,
    )
    before = `const form = new FormData()\n${lines.join('')}`
    options.push('body: form')
  }
  const more = options.length ? `, {\n${options.map((one) => `  ${one},\n`).join('')}}` : ''
  return `${before}const response = await fetch(${text(`${origin}${asked.target}`)}${more})`
}

/** In single quotes nothing but the quote itself means anything. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`
}

function escaped(name: string): string {
  return name.replace(/["\\]/g, '\\$&')
}

/** curl ends the name of a field at the first `=`. */
function formName(name: string): string {
  return name.replaceAll('=', '%3D')
}

function text(value: string): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}

function comment(value: string): string {
  return value.replaceAll('*/', '* /')
}

function base64Of(value: string): string {
  return btoa(Array.from(new TextEncoder().encode(value), (one) => String.fromCharCode(one)).join(''))
}
