/** What a step's `config` may say, and how schemas type its handler. Part of `index.d.ts`. */

import type { ApiMiddleware, Awaitable, StreamSubscription } from './index';

// ---------------------------------------------------------------- schemas

/** JSON Schema, Zod 3 or 4, any Standard Schema, or the short form `{ id: 'string', amount: 'number' }`. */
export type Schema = object | boolean | null;
export type ZodInput = Schema;

type StandardOutput<S> = S extends { '~standard': { types?: infer T } }
  ? NonNullable<T> extends { output: infer O }
    ? O
    : never
  : never;
type ZodOutput<S> = S extends { _output: infer O } ? O : never;
/** What a schema lets through, where its library says so. */
export type Infer<S> = unknown extends S
  ? any
  : [ZodOutput<S>] extends [never]
    ? [StandardOutput<S>] extends [never]
      ? any
      : StandardOutput<S>
    : ZodOutput<S>;

// ---------------------------------------------------------------- configs

export type ApiRouteMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS' | 'HEAD';
export type Emit = string | { topic: string; label?: string; conditional?: boolean };
export type QueryParam = { name: string; description?: string };
export type ValidationRule = 'enforce' | 'warn' | 'off';

export interface HandlerConfig {
  /** Megabytes. */
  ram: number;
  cpu?: number;
  /** Seconds. */
  timeout: number;
  /** Run each call in a process of its own. */
  fresh: boolean;
  /** Name of the pool of workers that runs this step. */
  pool: string;
}

export interface QueueConfig {
  type: 'standard' | 'fifo';
  maxRetries: number;
  /** Seconds. */
  visibilityTimeout: number;
  /** Seconds. */
  delaySeconds: number;
  concurrency: number;
  backoff: { first?: number; factor?: number; cap?: number; jitter?: number };
}

export type InfrastructureConfig = { handler?: Partial<HandlerConfig>; queue?: Partial<QueueConfig> };

interface CommonConfig {
  name: string;
  description?: string;
  flows?: string[];
  virtualEmits?: Emit[];
  virtualSubscribes?: string[];
  includeFiles?: string[];
}

interface RunConfig extends CommonConfig {
  /** Left out or empty = any topic. */
  emits?: Emit[];
  /** Emitting an undeclared topic is an error. */
  strictEmits?: boolean;
  infrastructure?: InfrastructureConfig;
}

export interface ApiRouteConfig extends RunConfig {
  type: 'api';
  path: string;
  method: ApiRouteMethod | (string & {}) | string[];
  routes?: (string | { path: string; method?: string | string[] })[];
  middleware?: ApiMiddleware<any, any, any>[];
  bodySchema?: Schema;
  responseSchema?: Record<number, Schema>;
  queryParams?: QueryParam[];
  /** Schemas of these parts of the request, for OpenAPI; nothing is checked. */
  parameters?: { query?: Schema; params?: Schema; headers?: Schema };
  validation?: ValidationRule;
}

export interface EventConfig extends RunConfig {
  type: 'event';
  subscribes: string[];
  input?: Schema;
  validation?: ValidationRule;
  concurrency?: number;
  onFailure?: string;
}

export interface CronConfig extends RunConfig {
  type: 'cron';
  cron: string;
  timezone?: string;
  overlap?: 'skip' | 'allow';
  /** Seconds. */
  catchUp?: number;
  onFailure?: string;
}

export interface NoopConfig extends CommonConfig {
  type: 'noop';
}

export interface StreamConfig {
  type?: 'stream';
  name: string;
  description?: string;
  schema?: Schema;
  baseConfig?: { storageType: 'default' | 'custom'; ttl?: number; [key: string]: unknown };
  /** Seconds after which an item that is not set again is gone. */
  ttl?: number;
  /** Path with `:groupId` where a group is also served as server-sent events. */
  sse?: string;
  canAccess?: (subscription: StreamSubscription, authContext: any) => Awaitable<boolean>;
}

export type StepConfig = ApiRouteConfig | EventConfig | CronConfig | NoopConfig;
