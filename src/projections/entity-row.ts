import type { EntityResult } from '../events/generated/events.ts'
import { versionRank } from '../events/version.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, number, or, orNull, rowType, text } from '../platform/dynamodb/rows.ts'
import { SYNC_ENTITIES } from './tables.ts'

/** Connection of a result before the entity is routed. */
export const UNROUTED = '*'

/** Changes that a row stores. */
const HISTORY = 10

/** Final statuses of an entity of a task. */
const endStatuses: readonly string[] = ['succeeded', 'ignored', 'failed', 'superseded', 'canceled']

/** Every status that an entity may have. */
export const entityStatuses = [
  ...(['new', 'processing', 'succeeded', 'failed', 'ignored', 'unknown', 'canceled', 'superseded', 'waiting'] as const),
] as const

/** Characters of a message in the history; the row has the last message in full. */
const HISTORY_MESSAGE = 300

export interface EntityChange {
  readonly at: string
  readonly stage: string
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly attempts: number
  /** Like the row's. */
  readonly rank: string
  readonly target_id: string | null
}

/** Outcome of one entity of a task for one connection. Messages name fields, never people. */
export interface EntityRow {
  readonly task: string
  /** `connection#key`. */
  readonly entity: string
  /** Null: as read, not routed yet. */
  readonly connection: string | null
  /** Name of the entity. */
  readonly kind: string
  readonly source: string
  readonly key: string
  readonly event_id: string
  readonly status: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  /** Results reported by its current stage for its current version. */
  readonly attempts: number
  readonly stage: string
  /** ISO 8601. */
  readonly updated_at: string
  /** The last ten changes, newest last. */
  readonly history: readonly EntityChange[]
  readonly rank: string
  /**
   * Offset of the `sync-status` record that changed it last: orders the results of one stage, for which its clock is
   * not reliable.
   */
  readonly offset: number
  /** Grows with each write; writes are conditional on it. */
  readonly revision: number
}

/** A result with the record that it came in. */
export interface ReportedResult {
  readonly taskId: string
  readonly stage: string
  readonly at: number
  readonly offset: number
  readonly result: EntityResult
}

export function isEnd(status: string): boolean {
  return endStatuses.includes(status)
}

/**
 * Order of the stages: producers, processors, projections, the pushes of feed rows, sinks. A producer's stage is named
 * after its read, and only these names contain dots.
 */
export function stageOrder(stage: string): number {
  if (stage.includes('.')) return 0
  if (/^(route|map)-/.test(stage)) return 1
  if (stage.startsWith('push-')) return 3
  return stage.startsWith('deliver-') ? 4 : 2
}

export function entityKey(connection: string | null, key: string): string {
  return `${connection ?? UNROUTED}#${key}`
}

export const entityRows = rowType<EntityRow>(
  SYNC_ENTITIES,
  ['task', 'entity'],
  {
    task: text,
    entity: text,
    connection: orNull(text),
    kind: text,
    source: text,
    key: text,
    event_id: text,
    status: text,
    code: orNull(text),
    message: orNull(text),
    target_id: orNull(text),
    attempts: number,
    stage: text,
    updated_at: text,
    history: or(
      list(
        map<EntityChange>({
          at: text,
          stage: text,
          status: text,
          code: orNull(text),
          message: orNull(text),
          // Changes of earlier versions lack these three.
          attempts: or(number, 1),
          rank: or(text, ''),
          target_id: orNull(text),
        }),
      ),
      [],
    ),
    rank: text,
    offset: number,
    revision: number,
  },
  ({ updated_at }) => (updated_at === undefined ? undefined : expiresAfter(Date.parse(updated_at), keptDays.taskRows)),
)

/** The row after a result; the same row if the result is older or adds nothing (Guarantee 4). */
export function evolveEntity(row: EntityRow | undefined, reported: ReportedResult): EntityRow {
  const { taskId, stage, at, offset, result } = reported
  const rank = versionRank(result)
  if (row !== undefined && !accepts(row, reported, rank)) return row
  const goesOn = row !== undefined && row.rank === rank && row.stage === stage
  const updated_at = new Date(at).toISOString()
  const { status, code, message } = result
  const attempts = goesOn ? row.attempts + 1 : 1
  const target_id = result.targetId ?? (row?.rank === rank ? row.target_id : null)
  const short = message?.slice(0, HISTORY_MESSAGE) ?? null
  const change: EntityChange = { at: updated_at, stage, status, code, message: short, attempts, rank, target_id }
  return {
    task: taskId,
    entity: entityKey(result.connection, result.key),
    connection: result.connection,
    kind: result.entity,
    source: result.source,
    key: result.key,
    event_id: result.eventId,
    status,
    code,
    message,
    target_id,
    attempts,
    stage,
    updated_at,
    history: [...(row?.history ?? []), change].slice(-HISTORY),
    rank,
    offset,
    revision: row?.revision ?? 0,
  }
}

/**
 * A newer version replaces the row. For the same version a later stage takes precedence, and for the same stage the
 * later result. A final status stays, except `failed`, from which a retry continues. A processor never reports both
 * `processing` and a final status, so its final status after a sink's failure belongs to a retry, while its
 * `processing` may just be late.
 */
function accepts(row: EntityRow, reported: ReportedResult, rank: string): boolean {
  if (rank !== row.rank) return rank > row.rank
  const { stage, result } = reported
  const step = stageOrder(stage) - stageOrder(row.stage)
  if (row.status === 'failed') {
    return step > 0 || (isLater(row, reported, false) && (step === 0 || isEnd(result.status)))
  }
  if (isEnd(row.status)) return false
  return step > 0 || (step === 0 && isLater(row, reported, true))
}

/** Results of one stage are in one partition and compare by offset; those of two stages compare by time only. */
function isLater(row: EntityRow, { stage, at, offset, result }: ReportedResult, sameRecord: boolean): boolean {
  if (stage !== row.stage) return new Date(at).toISOString() > row.updated_at
  return offset > row.offset || (sameRecord && offset === row.offset && result.status !== row.status)
}
