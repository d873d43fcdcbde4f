/** All that screens need to know of the server. */

export { ApiError, get, type Params, post, query, signIn, signOut } from './api'
export { type List, type ListOptions, useList } from './list'
export { connection } from './live/connection'
export {
  type FollowOptions,
  type LiveGroup,
  type LiveItem,
  useGroup,
  useItem,
  useLiveStatus,
} from './live/hooks'
export type { Change, Item, Sent } from './live/protocol'
export { client, type GetOptions, type PostOptions, refresh, useGet, usePost } from './queries'
export { useSignInNeeded } from './session'
export type * from './types'
export type * from './types.more'
