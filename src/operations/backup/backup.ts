import Type, { type Static } from 'typebox'
import type { StoredItem } from '../../platform/dynamodb/stored-items.ts'

/** What a backup says of itself. */
export const manifestSchema = Type.Object({
  format: Type.Literal(1),
  /** Of the product. */
  version: Type.String(),
  /** ISO 8601, when the copy began: everything up to then is in it. */
  started_at: Type.String(),
  topic_prefix: Type.String(),
  tables: Type.Array(
    Type.Object({
      table: Type.String(),
      items: Type.Integer({ minimum: 0 }),
      /** Hex, of the file. */
      sha256: Type.String(),
    }),
  ),
})

export type Manifest = Static<typeof manifestSchema>
export type CopiedTable = Manifest['tables'][number]

/** Where a backup is written. */
export interface BackupTarget {
  add(table: string, pages: AsyncIterable<readonly StoredItem[]>): Promise<CopiedTable>
  /** Last: without it a backup is not whole. */
  finish(manifest: Manifest): Promise<void>
}

/** A backup that is whole. */
export interface Backup {
  readonly manifest: Manifest
  pages(table: string): AsyncIterable<readonly StoredItem[]>
}
