/** What authors import as `motia` or `@motia/core`. `types.d.ts` of a project fills `Handlers` and the streams. */

import type { ApiRouteConfig, ApiRouteMethod, CronConfig, EventConfig, Infer, Schema, StepConfig, StreamConfig, ZodInput } from './config';
import type { Expiry, Operation, InternalStateManager, MotiaStream } from './data';

export * from './config';
export * from './data';

type Json = unknown;
export type Awaitable<T> = T | Promise<T>;

// ---------------------------------------------------------------- requests and responses

export interface UploadedFile {
  name: string;
  filename: string;
  contentType: string;
  size: number;
  path: string;
  readonly bytes: Buffer;
}

export interface ApiRequest<TBody = any> {
  body: TBody;
  headers: Record<string, string | string[]>;
  pathParams: Record<string, string>;
  queryParams: Record<string, string | string[]>;
  /** The exact text received; bytes where it is no text. */
  rawBody: string | Buffer;
  method: string;
  path: string;
  url: string;
  params: Record<string, string>;
  query: Record<string, any>;
  cookies: Record<string, string>;
  ip: string;
  files: UploadedFile[];
  [key: string]: any;
}

export type ApiResponse<TStatus extends number = number, TBody = any> = {
  status: TStatus;
  headers?: Record<string, string | number | boolean | string[] | undefined>;
  /** Anything JSON; a string; bytes; or an iterator or stream, which is sent piece by piece. */
  body?: TBody | AsyncIterable<any> | Uint8Array;
};

export interface ValidationIssue {
  path: string;
  message: string;
  code: string;
}

export class ValidationError extends Error {
  readonly code: 1002;
  readonly status: 400;
  readonly issues: ValidationIssue[];
  readonly errors: ValidationIssue[];
  constructor(issues: ValidationIssue[], message?: string);
}

// ---------------------------------------------------------------- context

export interface Logger {
  info(message: string, args?: any): void;
  warn(message: string, args?: any): void;
  error(message: string, args?: any): void;
  debug(message: string, args?: any): void;
  /** Called for every line, here only. */
  addListener(listener: (level: string, message: string, args: any) => void): void;
}

/** Seconds after which the value is gone. */
/** One line per stream of the project, from `types.d.ts`. */
export interface FlowContextStateStreams {}

export interface EmitOptions {
  messageGroupId?: string;
  /** Seconds. */
  delay?: number;
  /** ISO 8601, a Date, or epoch milliseconds. */
  at?: string | number | Date;
  /** The same topic and id are delivered once. */
  id?: string;
}
export type EmitData<TData = any> = { topic: string; data?: TData } & EmitOptions;
export type Emitter<TData> = (
  event: [TData] extends [never] ? EmitData : TData & EmitOptions,
) => Promise<{ id: string; deliveries: number }>;

export interface FlowContext<TEmitData = never> {
  traceId: string;
  flows: string[];
  logger: Logger;
  state: InternalStateManager;
  emit: Emitter<TEmitData>;
  streams: FlowContextStateStreams & { [name: string]: MotiaStream<any> };
  /** The result of `work` is remembered for this delivery: a retry finds it. */
  once<T>(key: string, work: () => Awaitable<T>): Promise<T>;
  /** State, stream and emit calls inside are committed together, or not at all. */
  transaction<T>(work: (context: this) => Awaitable<T>): Promise<T>;
  topic?: string;
  attempt: number;
  /** For the header of that name in requests to others: they become part of this trace. */
  readonly traceparent: string;
  /** What the caller's tracing wants passed on beside it; '' without. */
  readonly tracestate: string;
  step: string;
  readonly deadline: Date;
  readonly signal: AbortSignal;
  readonly cancelled: boolean;
  utils: { dates: { now(): Date } };
  [key: string]: any;
}

/** State by one key, in the group `default`; `group(name)` is the same for another group. */
export interface OneKeyState {
  get<T = any>(key: string): Promise<T | null>;
  set<T = any>(key: string, value: T, options?: Expiry): Promise<T>;
  delete<T = any>(key: string): Promise<T | null>;
  update<T = any>(key: string, ops: Operation | Operation[], options?: Expiry): Promise<T>;
  setIfAbsent<T = any>(key: string, value: T, options?: Expiry): Promise<{ stored: boolean; value: T }>;
  compareAndSet<T = any>(
    key: string,
    expected: T | null,
    value: T,
    options?: Expiry,
  ): Promise<{ stored: boolean; value: T | null }>;
  keys(): Promise<string[]>;
  values<T = any>(): Promise<T[]>;
  clear(): Promise<void>;
  group(name: string): OneKeyState;
}

/** What a bare default function is called with: `export default async (event: BareEvent<Order>) => …`. */
export interface BareEvent<TData = any>
  extends Pick<
    FlowContext,
    | 'traceId'
    | 'flows'
    | 'logger'
    | 'streams'
    | 'once'
    | 'attempt'
    | 'traceparent'
    | 'tracestate'
    | 'step'
    | 'deadline'
    | 'signal'
    | 'cancelled'
    | 'utils'
  > {
  topic: string;
  data: TData;
  body: TData;
  query: Record<string, any>;
  params: Record<string, string>;
  headers: Record<string, string | string[]>;
  rawBody: string | Buffer;
  method: string;
  path: string;
  url: string;
  ip: string;
  cookies: Record<string, string>;
  files: UploadedFile[];
  state: OneKeyState;
  emit(topic: string, data?: any, options?: EmitOptions): Promise<{ id: string; deliveries: number }>;
  emit(event: EmitData): Promise<{ id: string; deliveries: number }>;
  /** An ephemeral event for those who watch this trace or the group `default` of the stream. */
  stream(name: string, data?: any): Promise<void>;
  transaction<T>(work: (event: this) => Awaitable<T>): Promise<T>;
}

// ---------------------------------------------------------------- handlers

export type ApiRouteHandler<TRequestBody = any, TResponseBody = any, TEmitData = never> = (
  req: ApiRequest<TRequestBody>,
  ctx: FlowContext<TEmitData>,
) => Awaitable<TResponseBody>;
export type EventHandler<TInput = any, TEmitData = never> = (
  input: TInput,
  ctx: FlowContext<TEmitData>,
) => Awaitable<any>;
export type CronHandler<TEmitData = never> = (ctx: FlowContext<TEmitData>) => Awaitable<any>;
export type ApiMiddleware<TBody = any, TEmitData = never, TResult = any> = (
  req: ApiRequest<TBody>,
  ctx: FlowContext<TEmitData>,
  /** What it is given takes the request's place from there on. */
  next: (request?: object) => Promise<any>,
) => Awaitable<TResult>;
export type StepHandler<T = any> = ApiRouteHandler<any, any, any> | EventHandler<any, any> | CronHandler<any>;

/** One line per step of the project, from `types.d.ts`; any other name is allowed. */
export interface Handlers {
  [name: string]: (...args: any[]) => any;
}

// ---------------------------------------------------------------- builders

type Built<H> = H & { readonly config: object; readonly handler: H };

export interface ApiBuilderConfig<B = any> extends Omit<Partial<ApiRouteConfig>, 'type' | 'name'> {
  id: string;
  method: ApiRouteMethod | (string & {}) | string[];
  path: string;
  /** `query`, `params` and `headers` are checked by Zod or another Standard Schema; their texts need `z.coerce`. */
  schema?: { body?: B; query?: Schema; params?: Schema; headers?: Schema; response?: Schema };
}
export interface EventBuilderConfig<S = any> extends Omit<Partial<EventConfig>, 'type' | 'name' | 'input'> {
  id: string;
  schema?: S;
}
export interface CronBuilderConfig extends Omit<Partial<CronConfig>, 'type' | 'name' | 'cron'> {
  id: string;
  schedule: string;
}

export function api<B = any>(
  config: ApiBuilderConfig<B>,
  handler: (req: ApiRequest<Infer<B>>, ctx: FlowContext<any>) => any,
): Built<(req: any, ctx?: any) => any>;
export function event<S = any>(
  config: EventBuilderConfig<S>,
  handler: (input: Infer<S>, ctx: FlowContext<any>) => any,
): Built<(input: any, ctx?: any) => any>;
export function cron(config: CronBuilderConfig, handler: (ctx: FlowContext<any>) => any): Built<(ctx?: any) => any>;

export const logger: Logger;
export const motia: {
  /** Enqueues `data` for one step by its id. */
  trigger(id: string, data?: any): Promise<{ id: string; traceId: string }>;
  /** How the steps of this project fare. */
  stats(): Promise<Stats>;
};

/** Counts of this server since `since` (epoch ms); what waits and what is dead is everybody's. */
export interface Stats {
  since: number;
  steps: Record<string, StepStats>;
}
export interface StepStats {
  runs: number;
  failures: number;
  /** Runs after the first attempt. */
  retries: number;
  /** Durations in milliseconds; null before the first run. */
  p50: number | null;
  p95: number | null;
  waiting: number;
  running: number;
  dead: number;
}

// ---------------------------------------------------------------- configuration file

/** What `streamAuth.authenticate` gives to `canAccess`, from `types.d.ts`. */
export interface StreamAuthContext {
  [key: string]: any;
}
export interface StreamAuthRequest {
  headers: Record<string, string | string[]>;
  /** A name that comes twice has a list. */
  query: Record<string, string | string[]>;
  /** Path and query. */
  url: string;
  /** The sub-protocols offered, as they were: `Authorization,<token>`. */
  protocol?: string;
}

export interface Config {
  port?: number;
  host?: string;
  streamAuth?: { contextSchema?: Schema; authenticate: (request: StreamAuthRequest) => Awaitable<any> };
  [key: string]: any;
}

export function config<T extends Config>(config: T): T;
export function defineConfig<T extends Config>(config: T): T;
export function defineStep<T extends StepConfig>(config: T): T;
export function defineStream<T extends StreamConfig>(config: T): T;

declare global { const motia: typeof import('./index').motia; }
