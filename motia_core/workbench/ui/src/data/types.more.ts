/** The shapes of the rest: crons, workers, streams, state, the overview and the project itself (docs/admin-api.md). */
import type { Json, JsonSchema, RunStatus, Trace } from './types'

export interface CronRun {
  traceId: string
  status: RunStatus
  startTime: number
  endTime: number | null
  duration: number | null
  error: string | null
}

/** `__motia.crons`; `last` and `recent` only from `GET api/crons`. */
export interface Cron {
  id: string
  name: string
  cron: string
  timezone: string | null
  description: string | null
  filePath: string
  flows: string[]
  overlap: string
  catchUp: number
  paused: boolean
  pausedSince: number | null
  next: number | null
  running: number
  /** Ticks that came while the one before ran. */
  skipped: number
  runs: number
  failures: number
  p50: number | null
  p95: number | null
  last?: CronRun | null
  recent?: CronRun[]
}

export interface Worker {
  name: string
  pid: number | null
  state: string
  reason: string | null
  problem: string | null
  inFlight: number
  jobs: number
  /** Seconds since its start. */
  age: number
  rss: number
  late: number
  strays: number
  runtime: string
}

/** A worker that is no more; `reason` as in docs/supervision.md. */
export interface Retirement {
  worker: string
  reason: string
  problem: string | null
  time: number
}

/** `__motia.workers`. Of a runner whose runtime is missing only the first five are there. */
export interface Pool {
  id: string
  name: string
  runner: string
  state: string
  problem: string | null
  workers: Worker[]
  fresh?: boolean
  waiting?: number
  failures?: number
  nextTry?: number | null
  restarts?: number
  late?: number
  /** The last of them, the newest at the end. */
  retired?: Retirement[]
  memory?: number
  inFlight?: number
}

/** `GET api/streams`; hidden ones have no counts. */
export interface StreamLine {
  id: string
  name: string
  hidden: boolean
  filePath: string
  followers: number
  groupCount?: number
  itemCount?: number
  size?: number
  /** There are more groups than were counted. */
  more?: boolean
}

export interface StreamGroup {
  groupId: string
  count: number
  size: number
  followers: number
}

export interface StreamDetails {
  id: string
  name: string
  hidden: boolean
  filePath: string
  schema: JsonSchema | null
  ttl?: number | null
  sse?: string | null
  storageType?: string
  description?: string | null
  guarded?: boolean
}

/** `GET api/state`. `type` is `long` when the value is above 64 KiB and left out. */
export interface StateEntry {
  groupId: string
  key: string
  type: 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object' | 'long'
  value: Json
  size: number
  expires: number | null
  /** Only from `GET api/state/item`. */
  version?: string
}

export interface StateGroup {
  groupId: string
  count: number
  size: number
}

/** `__motia.state` */
export interface StateGroupItem {
  id: string
  count: number
  size: number
}

export interface StateFilter {
  valueKey: string
  operation:
    | 'eq'
    | 'neq'
    | 'gt'
    | 'gte'
    | 'lt'
    | 'lte'
    | 'contains'
    | 'notContains'
    | 'startsWith'
    | 'endsWith'
    | 'isNotNull'
    | 'isNull'
  value?: Json
}

export interface Problem {
  severity: 'error' | 'warning' | 'info'
  code: string
  message: string
  filePath: string | null
  line: number | null
  column: number | null
  source: string | null
  hint: string | null
}

export interface Health {
  status: 'ok' | 'degraded' | 'failing' | 'draining'
  version: string
  languages?: Record<string, string>
  pools?: Record<string, { state: string; workers: number; ready: number; inFlight: number; waiting: number }>
  store?: string
}

/** `__motia.overview` */
export interface Overview {
  id?: string
  health: Health
  since: number
  failures: Trace[]
  slowest: { step: string; p50: number; p95: number; runs: number }[]
  rates: { runsPerMinute: number; failuresPerMinute: number; seconds: number }
  runs: number
  failed: number
  waiting: number
  running: number
  dead: number
  oldest: number | null
  dropped: { spans: number; logs: number; inputs: number }
  problems: Problem[]
  problemCount: number
  /** How many are served. */
  steps: number
  /** Since the start, the newest first; `step` null where the file as a whole is meant. */
  changes: ServedChange[]
  changeCount: number
}

export interface ServedChange {
  time: number
  what: 'added' | 'changed' | 'removed' | 'broken' | 'mended'
  step: string | null
  file: string
}

export interface StepStats {
  runs: number
  failures: number
  retries: number
  p50: number | null
  p95: number | null
  waiting: number
  running: number
  dead: number
}

export interface Stats {
  since: number
  steps: Record<string, StepStats>
}

export interface Recording {
  held: { spans: number; logs: number; inputs: number; size: number }
  most: { spans: number; logs: number; size: number }
  dropped: { spans: number; logs: number; inputs: number }
}

/** `GET /__motia` */
export interface About {
  version: string
  isDev: boolean
  isTutorialDisabled: boolean
  workbenchBase: string
  project: string
}

/** `POST api/run`, `POST api/crons/run` */
export interface Ran {
  traceId: string
  result: Json
  /** null when it went well. */
  error: string | null
  /** How many of the steps it set off failed, when they were waited for. */
  failed: number
}
