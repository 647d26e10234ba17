import type { Logger } from 'pino'
import type { DeadLetters } from '../control/dead-letters/create-dead-letters.ts'
import type { PreviewRetry } from '../control/dead-letters/preview.ts'
import type { Replays } from '../control/replays/create-replays.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LetterFilter } from '../projections/list-dead-letters.ts'
import type { Rebuilds } from '../projections/rebuild/create-rebuilds.ts'

/** What the API needs from the root. */
export interface ApiDeps {
  readonly tables: Tables
  readonly clock: { now(): number }
  /** Signs cursors; see `cursorKey`. */
  readonly cursorKey: string
  /** Null: none is asked for. */
  readonly token: string | null
  /** As the projector's. */
  readonly settleMs: number
  /** Partitions of the `universal-*` topics. */
  readonly shards: number
  readonly logger: Logger
  readonly deadLetters: DeadLetters<LetterFilter>
  readonly previewRetry: PreviewRetry
  readonly replays: Replays
  readonly rebuilds: Rebuilds
  /** What must answer for the process to be ready, by name; a rejection says what is wrong. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
}
