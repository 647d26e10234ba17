import { bySku, type FeedCommit, type FeedRow, type FeedState, type FeedStore, type KeyOf } from './feed-store.ts'
import { RowCopy } from './row-copy.ts'

/** Stores a feed in memory: each process reads it in full once. */
export class MemoryStore implements FeedStore {
  readonly #copy: RowCopy
  #state: FeedState | null = null

  constructor(keyOf: KeyOf = bySku) {
    this.#copy = new RowCopy(keyOf)
  }

  async load(): Promise<FeedState | null> {
    return this.#state
  }

  async commit(commit: FeedCommit): Promise<void> {
    this.#copy.apply(commit)
    this.#state = commit.state
  }

  get(key: string): FeedRow | undefined {
    return this.#copy.get(key)
  }

  /** Deleted rows included. */
  rows(): readonly FeedRow[] {
    return this.#copy.rows()
  }
}
