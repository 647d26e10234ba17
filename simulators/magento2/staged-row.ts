import type { FeedRow } from '../../clients/typescript/client.ts'

/** A row of a feed in the shop's staging table. */
export interface StagedRow {
  /** Order of arrival. */
  id: number
  /** Connection and feed. */
  feed: string
  key: string
  row: FeedRow
  digest: string
  /** Number of the full read that the row was last seen in. */
  round: number
  /** No longer in the feed: handled as deleted. */
  gone: boolean
  status: 'pending' | 'written' | 'failed'
  attempts: number
  /** Seconds since 1970. */
  nextAttemptAt: number
  error: string | null
  /** The job disabled the product. */
  disabled: boolean
}

/** Its key in the table. */
export const stagedRowKey = (feed: string, key: string): string => `${feed}|${key}`

export const isDeleted = ({ row, gone }: StagedRow): boolean => row.deleted || gone

export const skuOf = ({ row }: StagedRow): string => String(row['sku'])

/** The result of a row; `error` null: the shop has it. */
export interface RowResult {
  readonly error: string | null
  readonly disabled: boolean
  /** Seconds since 1970: the row is written again then, however often it has failed. Null: only if it failed. */
  readonly dueAt: number | null
}

export const rowWritten = (disabled = false, dueAt: number | null = null): RowResult => {
  return { error: null, disabled, dueAt }
}

export const rowFailed = (error: unknown, dueAt: number | null = null): RowResult => {
  return { error: error instanceof Error ? error.message : String(error), disabled: false, dueAt }
}
