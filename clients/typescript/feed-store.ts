/** A row of a feed as the API sends it. Fields that this version does not know are kept. */
export interface FeedRow {
  readonly connection: string
  /** Id of the system it was read from. */
  readonly source: string
  /** ISO 8601, UTC. */
  readonly updated_at: string
  /** Grows with each change of the row. */
  readonly position: string
  /** True: gone at the source; `data` is the last known content. */
  readonly deleted: boolean
  /** Content by name. Decimals are text. */
  readonly data: Readonly<Record<string, unknown>>
  /** The parts of the key (`sku`), and what later versions of the API add. */
  readonly [field: string]: unknown
}

/** How far a feed has been read. JSON, so that any store can keep it. */
export interface FeedState {
  /** Sent with the next request; null: the full read begins. */
  readonly cursor: string | null
  /** Of the last answer. */
  readonly etag: string | null
  /** The last answer had caught up. */
  readonly complete: boolean
  /** Number of the full read; it grows with each. */
  readonly round: number
  /** The full read of this round is not finished. */
  readonly full: boolean
}

/** What one answer changes, in a single transaction. */
export interface FeedCommit {
  /** In the order in which they are to be written: the last row of a key counts. Keep the round with each. */
  readonly rows: readonly FeedRow[]
  readonly state: FeedState
  /** After the rows: remove rows of earlier rounds than this one, which are gone from the feed. Null: remove nothing. */
  readonly removeBefore: number | null
}

/** Keeps the rows of one feed together with how far it has been read. One run at a time uses it. */
export interface FeedStore {
  /** The state of the last commit; null: there was none. */
  load(): Promise<FeedState | null>
  /** Writes all of it or nothing: after a crash the store is as before or as after. */
  commit(commit: FeedCommit): Promise<void>
}

/** Key of a row in a copy. */
export type KeyOf = (row: FeedRow) => string

/** One row per SKU: for connections with one source of the vendor. */
export const bySku: KeyOf = ({ sku }) => String(sku)

/** One row per source and SKU: for connections with several sources of the vendor. */
export const bySourceAndSku: KeyOf = ({ source, sku }) => JSON.stringify([source, sku])
