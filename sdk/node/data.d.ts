/** State and streams as handlers see them. Part of `index.d.ts`. */

export type Expiry = { ttl?: number } | number;
export type Operation =
  | { op: 'set'; path?: string; value: any }
  | { op: 'increment'; path?: string; value?: number }
  | { op: 'append'; path?: string; value: any }
  | { op: 'merge'; path?: string; value: object }
  | { op: 'remove'; path: string };

export interface InternalStateManager {
  get<T = any>(groupId: string, key: string): Promise<T | null>;
  set<T = any>(groupId: string, key: string, value: T, options?: Expiry): Promise<T>;
  delete<T = any>(groupId: string, key: string): Promise<T | null>;
  clear(groupId: string): Promise<void>;
  getGroup<T = any>(groupId: string): Promise<T[]>;
  keys(groupId: string): Promise<string[]>;
  groups(): Promise<string[]>;
  /** Atomic; resolves the new value. */
  update<T = any>(groupId: string, key: string, ops: Operation | Operation[], options?: Expiry): Promise<T>;
  setIfAbsent<T = any>(
    groupId: string,
    key: string,
    value: T,
    options?: Expiry,
  ): Promise<{ stored: boolean; value: T }>;
  compareAndSet<T = any>(
    groupId: string,
    key: string,
    expected: T | null,
    value: T,
    options?: Expiry,
  ): Promise<{ stored: boolean; value: T | null }>;
}
export type StateManager = InternalStateManager;

export type StreamSubscription = { groupId: string; id?: string };
export type StateStreamEventChannel = { groupId: string; id?: string };
export type StateStreamEvent<T = any> = { type: string; data: T };
export type BaseStreamItem<T = unknown> = T & { id: string };
/** An item as it is set: its `id` is that of the call and may be left out. */
export type StreamItemInput<T> = T extends object ? T | (Omit<T, 'id'> & { id?: string }) : T;
export type StreamPage = { offset?: number; limit?: number };
/** Dotted paths name members inside of members. */
export type StreamFilter<T = any> = StreamPage & {
  where?: Partial<T> | Record<string, unknown>;
  orderBy?: keyof T | (string & {});
  orderDirection?: 'asc' | 'desc';
};

export interface MotiaStream<T = any> {
  get(groupId: string, id: string): Promise<BaseStreamItem<T> | null>;
  set(groupId: string, id: string, data: StreamItemInput<T>, options?: Expiry): Promise<BaseStreamItem<T>>;
  delete(groupId: string, id: string): Promise<BaseStreamItem<T> | null>;
  /** In the order first set. */
  getGroup(groupId: string, page?: StreamPage): Promise<BaseStreamItem<T>[]>;
  query(groupId: string, filter?: StreamFilter<T>): Promise<BaseStreamItem<T>[]>;
  /** Atomic; resolves the new item. */
  update(groupId: string, id: string, ops: Operation | Operation[], options?: Expiry): Promise<BaseStreamItem<T>>;
  /** An event to those who follow the group, or the item; nothing is stored. */
  send<E = any>(channel: StateStreamEventChannel, event: StateStreamEvent<E>): Promise<void>;
}
