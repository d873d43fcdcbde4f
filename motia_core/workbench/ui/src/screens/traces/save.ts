/** Saves a trace as a file of JSON, in the shape of `GET api/traces/:id`. */
import type { Run } from '../../data'
import type { Tree } from './tree'

export function save(id: string, tree: Tree, runs: readonly Run[]): void {
  const { first, status, from, to, failed, running } = tree
  const whole = {
    id,
    name: first?.name,
    kind: first?.kind,
    status,
    startTime: Math.min(...runs.slice(0, 1).map((run) => run.startTime), from),
    endTime: running > 0 ? undefined : to,
    metadata: {
      totalSteps: runs.length,
      failedSteps: failed,
      activeSteps: running,
      completedSteps: runs.length - failed - running,
    },
    replayOf: first?.replayOf,
    runs: [...runs].sort((a, b) => a.startTime - b.startTime),
  }
  const address = URL.createObjectURL(
    new Blob([JSON.stringify(whole, null, 2)], { type: 'application/json' }),
  )
  const link = document.createElement('a')
  link.href = address
  link.download = `trace-${id}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
