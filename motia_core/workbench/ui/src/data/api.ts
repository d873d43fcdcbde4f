/** Requests to the admin API. Answers are typed by the caller; errors are `ApiError`, in the server's own words. */
import { parseJson } from '../design/exact'
import { signInNeeded } from './session'

export type Params = Record<string, string | number | boolean | null | undefined>

/** `message` says what is wrong, `hint` what to do. `status` 0: the server did not answer. */
export class ApiError extends Error {
  readonly status: number
  readonly hint: string
  readonly traceId: string | undefined

  constructor(status: number, message: string, hint = '', traceId?: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.hint = hint
    this.traceId = traceId
  }
}

/** `path` as in docs/admin-api.md; `api/…` is short for `/__motia/api/…`. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>(`${full(path)}${query(params)}`, { signal })
}

export async function post<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  return ask<T>(full(path), { method: 'POST', headers, body: JSON.stringify(body), signal })
}

/** Resolves when the token is right. Raises ApiError otherwise. */
export async function signIn(token: string): Promise<void> {
  await post('/__motia/session', { token })
  signInNeeded(false)
}

export async function signOut(): Promise<void> {
  await ask('/__motia/session', { method: 'DELETE' })
  signInNeeded(true)
}

function full(path: string): string {
  return path.startsWith('/') ? path : `/__motia/${path}`
}

/** Empty ones are left out. */
export function query(params: Params): string {
  const given = Object.entries(params).filter(([, value]) => value != null && value !== '' && value !== false)
  return given.length ? `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}` : ''
}

async function ask<T>(address: string, init: RequestInit): Promise<T> {
  let answer: Response
  try {
    answer = await fetch(address, {
      ...init,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...init.headers },
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(
      0,
      'The server does not answer',
      'Is it still running? This page tries again by itself.',
    )
  }
  const text = await answer.text()
  if (answer.ok) return (text ? parseJson(text) : null) as T
  if (answer.status === 401 && !address.endsWith('/session')) signInNeeded(true)
  throw refusal(answer.status, text)
}

function refusal(status: number, text: string): ApiError {
  try {
    const said = JSON.parse(text) as { error?: string; message?: string; traceId?: string }
    return new ApiError(status, said.error ?? `Status ${status}`, said.message ?? '', said.traceId)
  } catch {
    return new ApiError(status, `The server answered ${status}`, text.slice(0, 200))
  }
}
