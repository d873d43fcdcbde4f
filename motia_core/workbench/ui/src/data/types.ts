/** The shapes of what the server says: answers of the admin API and items of the hidden streams (docs/admin-api.md).
 *  Times are milliseconds since the epoch, durations milliseconds, sizes bytes. Steps, queues and traces stand here;
 *  what is about workers, streams, state and the project in types.more.ts. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonSchema = { [key: string]: Json }

export interface Page<T> {
  items: T[]
  next: string | null
}

export type StepKind = 'api' | 'event' | 'cron' | 'noop'
export type RunStatus = 'running' | 'completed' | 'failed'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** As its author wrote it. */
export type Emit = string | { topic: string; label?: string; conditional?: boolean }

export interface Step {
  id: string
  name: string
  type: StepKind
  filePath: string
  emits: Emit[]
  flows: string[]
  description?: string
  language?: string
  line?: number
  virtualEmits?: Emit[]
  virtualSubscribes?: string[]
  nodeComponentPath?: string
  /** `*` = every topic. */
  subscribes?: string[]
  action?: 'webhook'
  /** `POST /orders` */
  webhookUrl?: string
  bodySchema?: JsonSchema
  /** Of what an event step is given. */
  inputSchema?: JsonSchema
  cronExpression?: string
}

export interface Edge {
  id: string
  source: string
  target: string
  data: {
    variant: 'event' | 'virtual'
    topic: string
    label?: string
    labelVariant: 'default' | 'conditional'
  }
}

/** `__motia.flows`, `GET api/graph`. */
export interface Flow {
  id: string
  name: string
  steps: Step[]
  edges: Edge[]
}

export interface FlowLine {
  id: string
  name: string
  steps: number
  edges: number
}

export interface NodePlace {
  x: number
  y: number
  sourceHandlePosition?: 'bottom' | 'right'
  targetHandlePosition?: 'top' | 'left'
}

/** `__motia.flowsConfig`: places by step file. */
export interface FlowConfig {
  id: string
  config: Record<string, NodePlace>
}

/** `GET /__motia/step/:stepId` */
export interface StepSource {
  id: string
  content: string
  features: Feature[]
  filePath: string
}

/** `lines` are `"18"` or `"6-29"`, counted from 1. */
export interface Feature {
  id?: string
  title: string
  description: string
  lines: string[]
  link?: string
}

/** `__motia.api-endpoints` */
export interface Endpoint {
  id: string
  method: string
  path: string
  step: string
  flows: string[]
  description?: string
  queryParams?: { name: string; description: string }[]
  bodySchema?: JsonSchema
  responseSchema?: Record<string, JsonSchema>
  /** Schemas of the query, the path and the headers. */
  parameters?: Partial<Record<'query' | 'params' | 'headers', JsonSchema>>
  stepId?: string
  /** Relative to the project. */
  filePath?: string
  line?: number
  language?: string
  /** How many middlewares run before the handler. */
  middleware?: number
  emits?: Emit[]
  /** Why its route answers 503. */
  broken?: string
}

/** `motia-trace-group` */
export interface Trace {
  id: string
  name: string
  startTime: number
  endTime?: number
  status: RunStatus
  kind: string
  error?: string | Failure
  replayOf?: string
  metadata: { totalSteps: number; failedSteps: number; activeSteps: number; completedSteps: number }
}

export interface Failure {
  message: string
  name?: string | null
  code?: number | string | null
  stack?: string
}

/** `motia-trace`: one run of one step. */
export interface Run {
  id: string
  name: string
  parentTraceId: string
  status: RunStatus
  startTime: number
  endTime?: number
  error?: Failure
  entryPoint: { type: string; stepName: string }
  events: RunEvent[]
  kind: string
  attempt: number
  /** How long it waited in the queue before it started. */
  wait: number
  parentId?: string
  topic?: string
  worker?: string
  language?: string
  filePath?: string
  delivery?: number
  replayOf?: string
  unkept?: Json
  method?: string
  route?: string
  responseStatus?: number
}

/** What a run did, in order. `type` says what: log, emit, state, stream, once, transaction … */
export interface RunEvent {
  type: string
  timestamp: number
  maxTimestamp?: number
  success?: boolean
  operation?: string
  topic?: string
  streamName?: string
  calls?: number
  level?: LogLevel
  message?: string
  metadata?: Json
  data?: { [key: string]: Json }
  [more: string]: unknown
}

export interface TraceWhole extends Trace {
  runs: Run[]
}

/** `__motia.logs`. The line's own fields stand beside these. */
export interface LogLine {
  id: string
  level: LogLevel
  time: number
  msg: string
  flows: string[]
  source: string
  traceId?: string
  step?: string
  invocation?: string
  [field: string]: unknown
}

/** `__motia.queues`; `age` of the oldest that waits only from `GET api/queues/steps`. */
export interface StepQueue {
  id: string
  step: string
  kind: StepKind | null
  /** `served`, or why nobody takes what waits. */
  state: string
  ready: number
  delayed: number
  running: number
  blocked: number
  dead: number
  oldest: number | null
  paused: boolean
  pausedSince: number | null
  perMinute: number
  runs: number
  failures: number
  retries: number
  p50: number | null
  p95: number | null
  maxRetries?: number
  concurrency?: number | null
  fifo?: boolean
  topics?: string[]
  age?: number | null
}

export type DeliveryState = 'waiting' | 'delayed' | 'running' | 'blocked' | 'dead'

export interface Delivery {
  id: number
  step: string
  state: DeliveryState
  topic: string
  /** null in lists when it is larger than 2 KiB: ask for the one. */
  data: Json
  size: number
  traceId: string
  flows: string[]
  messageGroupId: string | null
  attempts: number
  due?: number | null
  created: number
  leaseUntil?: number | null
  buried?: number
  reason?: string
  error: { name: string; message: string } | null
  stack: string | null
}

/** `__motia.passing`: one step since somebody looks. `source` is null for events from outside of any step. */
export interface Passed {
  id: string
  runs: number
  failures: number
  running: number
  last: number
  hops: { source: string | null; topic: string; count: number; at: number }[]
  failing: { message: string; traceId: string; run: string; at: number } | null
}
