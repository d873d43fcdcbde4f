export const emitter: { last: unknown } = { last: null }
export const settings: Record<string, string> = {}
const pattern = /["'`]\/\/ not a comment/g

export function remember(key: string, value: string): void {
  settings[key] = value.replace(pattern, '')
}
