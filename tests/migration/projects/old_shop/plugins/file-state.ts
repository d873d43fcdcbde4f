import { readFileSync, writeFileSync } from 'node:fs'
import type { StateAdapter } from '@motiadev/core'

/** State in a file of its own, for a demonstration. */
export class FileState implements StateAdapter {
  constructor(private readonly file: string) {}

  async get<T>(group: string, key: string): Promise<T | null> {
    return JSON.parse(readFileSync(this.file, 'utf8'))[group]?.[key] ?? null
  }

  async set<T>(group: string, key: string, value: T): Promise<T> {
    writeFileSync(this.file, JSON.stringify({ [group]: { [key]: value } }))
    return value
  }
}
