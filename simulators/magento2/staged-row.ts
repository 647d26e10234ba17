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
}

export const rowWritten = (disabled = false): RowResult => ({ error: null, disabled })

export const rowFailed = (error: unknown): RowResult => {
  return { error: error instanceof Error ? error.message : String(error), disabled: false }
}
