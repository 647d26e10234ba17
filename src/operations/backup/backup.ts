import Type, { type Static } from 'typebox'
import type { StoredItem } from '../../platform/dynamodb/stored-items.ts'

/** Description of a backup. */
export const manifestSchema = Type.Object({
  format: Type.Literal(1),
  /** Version of the product. */
  version: Type.String(),
  /** Start of the copy, ISO 8601. The backup contains everything up to then. */
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
  /** Called last: a backup without a manifest is incomplete. */
  finish(manifest: Manifest): Promise<void>
}

/** A complete backup. */
export interface Backup {
  readonly manifest: Manifest
  pages(table: string): AsyncIterable<readonly StoredItem[]>
}
