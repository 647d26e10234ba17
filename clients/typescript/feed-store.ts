/** A row of a feed as the API sends it. Fields unknown to this version are preserved. */
export interface FeedRow {
  readonly connection: string
  /** Id of the system it was read from. */
  readonly source: string
  /** ISO 8601, UTC. */
  readonly updated_at: string
  /** Grows with each change of the row. */
  readonly position: string
  /** True: no longer at the source; `data` is the last known content. */
  readonly deleted: boolean
  /** Content by name. Decimals are text. */
  readonly data: Readonly<Record<string, unknown>>
  /** The parts of the key (`sku`), and fields that later versions of the API add. */
  readonly [field: string]: unknown
}

/** How far a feed has been read. JSON, so that any store can hold it. */
export interface FeedState {
  /** Sent with the next request; null: the full read begins. */
  readonly cursor: string | null
  /** `ETag` of the last answer. */
  readonly etag: string | null
  /** Whether the last answer was caught up. */
  readonly complete: boolean
  /** Number of the full read; grows with each full read. */
  readonly round: number
  /** True: the full read of this round is not finished. */
  readonly full: boolean
  /** URL of the feed, with connection and source. Missing in states of earlier versions: taken to be the same feed. */
  readonly url?: string
}

/** The changes of one answer, in a single transaction. */
export interface FeedCommit {
  /** Write them in this order: the last row of a key counts. Store the round with each row. */
  readonly rows: readonly FeedRow[]
  readonly state: FeedState
  /**
   * After the rows: remove rows of earlier rounds than this one, which are no longer in the feed. Null: do not remove
   * rows.
   */
  readonly removeBefore: number | null
}

/** Stores the rows of one feed together with its state. Use it in one run at a time. */
export interface FeedStore {
  /** The state of the last commit; null: no commit yet. */
  load(): Promise<FeedState | null>
  /** Atomic: after a crash the store has either all of the commit or none of it. */
  commit(commit: FeedCommit): Promise<void>
}

/** Key of a row in a copy. */
export type KeyOf = (row: FeedRow) => string

/** One row per SKU: for connections with one source of the vendor. */
export const bySku: KeyOf = ({ sku }) => String(sku)

/** One row per source and SKU: for connections with several sources of the vendor. */
export const bySourceAndSku: KeyOf = ({ source, sku }) => JSON.stringify([source, sku])
