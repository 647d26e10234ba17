import type { Logger } from 'pino'
import type { ConfigurationStore } from '../configuration/configuration-store.ts'
import type { CutDateRequest } from '../control/cut-dates.ts'
import type { DeadLetters } from '../control/dead-letters/create-dead-letters.ts'
import type { PreviewRetry } from '../control/dead-letters/preview.ts'
import type { Replays } from '../control/replays/create-replays.ts'
import type { SyncRequests } from '../control/sync-requests.ts'
import type { Order } from '../events/generated/events.ts'
import type { RecentEvents } from '../operations/recent-events.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LetterFilter } from '../projections/list-dead-letters.ts'
import type { Feed } from '../projections/projection.ts'
import type { Rebuilds } from '../projections/rebuild/create-rebuilds.ts'
import type { StagedDeps } from '../projections/show-staged.ts'
import type { FindProducts } from '../rules/ownership.ts'
import type { SystemDefinition } from '../systems/system.ts'

/** Times are milliseconds; `occurredAt` null: the same as `readAt`. */
export interface OrderPush {
  readonly source: string
  readonly order: Order
  readonly occurredAt: number | null
  readonly readAt: number
}

export interface PushedOrder {
  readonly source: string
  readonly key: string
  readonly event_id: string
  /** False: its content was published before. */
  readonly published: boolean
}

/** What the API needs from the root. */
export interface ApiDeps {
  readonly tables: Tables
  /** Types of systems there are. */
  readonly systemTypes: ReadonlyMap<string, SystemDefinition>
  /** Those that are served. */
  readonly feeds: readonly Feed[]
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
  /** What a preview of a changed mapping needs. */
  readonly mapping: { readonly recentEvents: RecentEvents; readonly products: FindProducts }
  /** How the events of what is staged are read. */
  readonly staged: StagedDeps
  /** Stages that may park records, as configured now. */
  readonly parkingStages: () => Promise<readonly string[]>
  /** Stages of this process that stand still for one system: it is down, or they can't be made. */
  readonly heldBack?: () => readonly string[]
  readonly configuration: ConfigurationStore
  readonly syncRequests: SyncRequests
  /** Publishes an order as it was pushed; resolves when the broker has acknowledged it (Guarantee 1). */
  readonly pushOrder: (push: OrderPush) => Promise<PushedOrder>
  /** The value behind `env:NAME` or `file:/path`. */
  readonly resolveSecret: (reference: string) => Promise<string>
  readonly setCutDate: (read: string, request: CutDateRequest) => Promise<unknown>
  readonly replays: Replays
  readonly rebuilds: Rebuilds
  /** What must answer for the process to be ready, by name; a rejection says what is wrong. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>
}
