/** What `waldstream/client` exports. */
export { FeedError } from './feed-error.ts'
export {
  bySku,
  bySourceAndSku,
  type FeedCommit,
  type FeedRow,
  type FeedState,
  type FeedStore,
  type KeyOf,
} from './feed-store.ts'
export { FileStore } from './file-store.ts'
export {
  type FeedOptions,
  type FollowedFeed,
  type FollowedPage,
  followFeed,
  type RetryOptions,
  type RunBounds,
  type RunReport,
} from './follow-feed.ts'
export { MemoryStore } from './memory-store.ts'
