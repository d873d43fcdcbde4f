/** Lets Node run the tests of the pure parts as they stand: takes the types out of each .ts file it loads. */
import { readFileSync } from 'node:fs'
import { register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

let transform

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context)
  transform ??= (await import('vite')).transformWithOxc
  const file = fileURLToPath(url)
  const { code } = await transform(readFileSync(file, 'utf8'), file)
  return { format: 'module', source: code, shortCircuit: true }
}
