import type { RowChange } from '../../../src/operations/history/feed-history.ts'
import type { PauseStatus } from '../../../src/operations/pauses.ts'
import type { MappingSample } from '../../../src/operations/preview-mapping.ts'
import type { ServedStock } from '../../../src/operations/staged.ts'
import type { WindowProof } from '../../../src/operations/window-proof.ts'
import type { DeadLetterSummary, LetterState } from '../../../src/projections/dead-letter-row.ts'
import type { StockData } from '../../../src/projections/inventory-feed.ts'
import type { LetterGroup } from '../../../src/projections/list-dead-letters.ts'
import type { Rebuild as RebuildJob } from '../../../src/projections/rebuild/rebuild.ts'

/** Responses of the API. The types come from the operations behind it, which the API returns as they are. */
export type { CalledSystem, CallUse } from '../../../src/operations/called-systems.ts'
export type { VendorAction } from '../../../src/operations/cancel-at-vendor.ts'
export type { DemoScenario } from '../../../src/operations/demo.ts'
export type { Figures } from '../../../src/operations/figures.ts'
export type { FiledAnswer } from '../../../src/operations/file-fulfilment.ts'
export type { RowChange } from '../../../src/operations/history/feed-history.ts'
export type { HeldOrder, HoldOutcome, ReleaseOutcome } from '../../../src/operations/order-holds.ts'
export type {
  OrderPart,
  OrderTimeline,
  PartFulfilment,
  PartLine,
} from '../../../src/operations/order-timeline.ts'
export type { PauseStatus } from '../../../src/operations/pauses.ts'
export type { MappingSample } from '../../../src/operations/preview-mapping.ts'
export type { PullOfRow, PullStatus } from '../../../src/operations/pulls/list-pulls.ts'
export type { RoutedLine } from '../../../src/operations/read-order.ts'
export type { FoundOrder } from '../../../src/operations/search-orders.ts'
export type { IssuedShare, ShareStatus } from '../../../src/operations/share-links.ts'
export type { ConnectionStatus, Failure, Flow, Halt, Status } from '../../../src/operations/status.ts'
export type { Difference, RowDifference } from '../../../src/projections/rebuild/rebuild.ts'
export type { LetterGroup, LetterState }

/** A replay of stored events through a stage. */
export interface Replay {
  readonly id: string
  readonly state: string
  readonly topic: string
  readonly processor: string
  readonly connection: string | null
  readonly source: string | null
  readonly key: string | null
  readonly all_versions: boolean
  readonly trigger: string
  readonly by: string | null
  readonly reason: string | null
  readonly rate: number
  readonly requested_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  /** Null: not counted yet. */
  readonly selected: number | null
  readonly sent: number
  readonly cancel: boolean
  readonly error: { readonly code: string; readonly message: string } | null
}

/** With the outcome of its entities, by connection and status. */
export interface ReplayOutcome extends Replay {
  readonly connections: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export interface ReplayPreview {
  readonly events: number
  readonly keys: number
  readonly to_send: number
  readonly connections: Readonly<Record<string, number>>
  readonly seconds: number
  /** Of the orders among them; empty: no orders, or the caller may not see them. */
  readonly amounts: readonly Amount[]
  readonly samples: readonly ReplaySample[]
}

export interface Amount {
  readonly currency: string
  readonly total: string
}

export interface ReplaySample {
  readonly key: string
  readonly source: string
  readonly connection: string | null
  readonly occurred_at: string | null
  readonly deleted: boolean
  readonly amount: Amount | null
  /** Expected outcome for each connection; null: not tried. */
  readonly effects: readonly SampleEffect[] | null
}

export interface SampleEffect {
  readonly connection: string | null
  readonly outcome: string
  readonly changes: readonly FieldChange[]
}

/** A rebuild of a feed table beside the live one. */
export interface Rebuild extends Omit<RebuildJob, 'drop_after' | 'fence' | 'lease_until' | 'undo_until'> {
  /** The switch can be undone until then; null: it can't. */
  readonly undo_until: string | null
}

export interface RebuildPreview {
  readonly table: string
  readonly topic: string
  readonly events: number
  readonly live_generation: number
  readonly next_generation: number
  /** The rebuild whose switch can no longer be undone after this one. */
  readonly ends_undo_of: string | null
}

export interface Groups {
  readonly groups: readonly LetterGroup[]
  readonly complete: boolean
}

/** Changes of a feed's row, as far back as was searched. */
export interface HistoryPage {
  readonly items: readonly RowChange[]
  readonly looked_back_to: string | null
  readonly cursor: string | null
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly cursor: string | null
}

export interface ListedLetter extends DeadLetterSummary {
  readonly outcome: string | null
}

export interface ShownLetter extends ListedLetter {
  readonly masked: boolean
  readonly event: unknown
  readonly undecodable: { readonly code: string; readonly message: string } | null
  readonly history: readonly {
    readonly at: string
    readonly what: string
    readonly retry: number
    readonly by: string | null
    readonly reason: string | null
    readonly code: string | null
  }[]
  /** The event that it was made from; null: none, or the caller may not see it. */
  readonly as_read: StagedEvent | null
}

/** A document as stored; `document` contains all defaults. */
export interface StoredDocument {
  readonly id: string
  readonly revision: number
  readonly document: Readonly<Record<string, unknown>>
}

/** A field's current and new value; null: the field does not exist. */
export interface FieldChange {
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** The result of a changed mapping for some records. */
export interface MappingPreview {
  readonly counts: {
    readonly entities: number
    readonly changed: number
    readonly errors_appearing: number
    readonly errors_disappearing: number
    readonly passing: number
  }
  readonly entities: readonly {
    readonly key: string
    readonly before: string
    readonly after: string
    readonly changes: readonly FieldChange[]
  }[]
  /** Null: not requested. */
  readonly samples: readonly MappingSample[] | null
}

/** Totals of the orders in a group. */
export interface GroupMoney {
  readonly group: string
  readonly orders: number
  readonly amounts: readonly { readonly currency: string; readonly total: string }[]
  /** False: the real total is higher. */
  readonly complete: boolean
}

export interface RetryVerdict {
  readonly verdict: string
  readonly errors: readonly { readonly connection: string | null; readonly code: string; readonly message: string }[]
  readonly outputs: readonly { readonly topic: string; readonly key: string; readonly event: unknown }[]
  /** For a retry that maps again; null: another kind of retry, or mapping gives no result. */
  readonly changes: readonly FieldChange[] | null
}

export interface ManyDone {
  readonly done: readonly string[]
  readonly skipped: readonly { readonly id: string; readonly code: string; readonly message: string }[]
  readonly more: boolean
}

/** A staged event; `event` is null if it can't be shown. */
export interface StagedEvent {
  readonly event: unknown
  readonly problem: string | null
}

/** A call to an ERP or a shop; personal data is masked for every caller. */
export interface StepCall {
  readonly at: string
  readonly method: string
  readonly address: string
  /** Null: no answer came. */
  readonly status: number | null
  readonly ms: number
  readonly request: string | null
  readonly answer: string | null
  readonly error: string | null
  readonly cut: readonly ('request' | 'answer')[]
}

/** The events behind a step of an order, and its calls. */
export interface StepEvents {
  readonly as_read: StagedEvent | null
  readonly as_mapped: StagedEvent | null
  readonly calls: readonly StepCall[]
  readonly calls_left_out: number
}

export interface StagedOrder {
  readonly source: string
  readonly key: string
  readonly status: string
  readonly stage: string
  readonly updated_at: string
  /** Without content unless requested. */
  readonly as_read: StagedEvent | null
  readonly as_mapped: StagedEvent | null
  readonly answer: { readonly target_id: string | null; readonly code: string | null; readonly message: string | null }
}

/** A row of a feed as staged towards the shop. */
export interface FeedRow extends StagedOrder {
  readonly read_at: string
  readonly occurred_at: string | null
  readonly event_id: string
  /** Stock as shops read it; null: it is not stock, or has no row in the feed that is not deleted. */
  readonly as_served: (Pick<ServedStock, 'as_of' | 'stale'> & { readonly data: StockData }) | null
}

/** How an attribute of the feed is made; parts that the rule does not use may be missing. */
export interface AttributeRule {
  readonly attribute: string
  readonly from?: string | null
  readonly constant?: string | null
  readonly expression?: string | null
  readonly lookup?: Readonly<Record<string, unknown>> | null
  readonly type?: string
}

export interface Pauses {
  readonly items: readonly PauseStatus[]
  /** Stages at which a connection, or all connections, can be held. */
  readonly stages: readonly string[]
}

export interface ParkedRecord {
  readonly stage: string
  readonly connection: string
  readonly source: string
  readonly key: string
  readonly code: string
  readonly message: string
  readonly attempts: number
  readonly first_at: string
  /** Null: when its connection is not paused any more. */
  readonly release_at: string | null
  readonly topic: string
  readonly offset: string
}

export interface ReadStatus {
  readonly id: string
  readonly system: string
  readonly entity: string
  readonly schedule: string | null
  readonly next_tick: string | null
  readonly cut_date: string | null
  /** Of the cut date; a change must name it. */
  readonly revision: number
  /** Task under way. */
  readonly current: string | null
  readonly held: { readonly reason: string; readonly until: string | null } | null
  readonly windows: readonly {
    readonly task: string
    readonly state: string
    readonly ended_at: string | null
    readonly published: number
  }[]
  /** How deletions at the source are found; null: they can't be. */
  readonly sweep: { readonly schedule: string | null; readonly most_gone: number } | null
}

/** A request of a run. */
export interface SyncRequest {
  readonly task: string
  readonly merged_into: string | null
}

export interface Task {
  readonly id: string
  readonly read: string
  readonly trigger: string
  readonly state: string
  /** Of the reading only. */
  readonly run_state: string
  readonly requested_at: string
  readonly reason: string | null
  readonly backfill_from: string | null
  readonly window_from: string | null
  readonly window_to: string | null
  readonly started_at: string | null
  readonly ended_at: string | null
  readonly read_count: number
  readonly keys: number
  readonly reached_at: string | null
  /** Of a sweep: keys expected at the source, and how many are gone. */
  readonly expected: number | null
  readonly gone: number | null
  readonly listed: number | null
  readonly proof: WindowProof
  readonly cut_date_moved: boolean
  readonly missed: number
  readonly missing: readonly string[]
  readonly published: number
  readonly unchanged: number
  readonly unreadable: number
  readonly read_again: number
  readonly connections: Readonly<
    Record<string, { readonly ended: number; readonly statuses: Readonly<Record<string, number>> }>
  >
  readonly unrouted_failed: number
  readonly error: { readonly code: string; readonly message: string } | null
}

export interface TaskEntity {
  readonly connection: string | null
  readonly source: string
  readonly key: string
  readonly kind: string
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  readonly updated_at: string
}

/** Filter for dead letters. */
export interface LetterQuery {
  readonly state?: LetterState | undefined
  readonly connection?: string | undefined
  readonly stage?: string | undefined
  readonly code?: string | undefined
  readonly key?: string | undefined
  readonly groupId?: string | undefined
}

/** The signed-in caller. */
export interface Caller {
  readonly name: string | null
  /** Whether the API requires a key. */
  readonly signed_in: boolean
  readonly scopes: readonly string[]
  /** The systems are simulated, and can be broken. */
  readonly demo: boolean
  /** Ids of connections that it reaches; null: all. */
  readonly connections: readonly string[] | null
}
