import { entityDeclarations, hasFeed } from '../events/entities.ts'
import type { EntityResult, Place, ResultPlaces } from '../events/generated/events.ts'
import { isoTime } from '../events/times.ts'
import { versionRank } from '../events/version.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { map, number, orNull, rowType, text } from '../platform/dynamodb/rows.ts'
import { isEnd, stageOrder } from './entity-row.ts'
import { type FailedVersion, failedVersions } from './failed-version.ts'
import { STAGED } from './tables.ts'

/** Towards the shop, or towards the ERP. */
export const views = ['frontend', 'backend'] as const
export type View = (typeof views)[number]

/** Longest message stored: a system's answer may be a whole page. */
const LONGEST_MESSAGE = 1_000

/** State of an entity of a connection, without its content, which stays in the topics. Times are ISO 8601. */
export interface StagedRow {
  /** view#connection#entity. */
  readonly shelf: string
  /** key#source. */
  readonly id: string
  /** status#updated_at#id. */
  readonly by_status: string
  readonly connection: string
  /** Name of the entity. */
  readonly entity: string
  readonly source: string
  readonly key: string
  readonly status: string
  readonly stage: string
  readonly code: string | null
  readonly message: string | null
  readonly target_id: string | null
  /** Results of its current stage, for this version and pass. */
  readonly attempts: number
  /** When any stage first reported this version and pass. */
  readonly first_at: string
  readonly updated_at: string
  readonly occurred_at: string | null
  readonly read_at: string
  readonly task: string | null
  readonly event_id: string
  /** The event as read; null if no stage reported it. */
  readonly source_place: Place | null
  /** The event as mapped; null: not mapped (yet). */
  readonly mapped_place: Place | null
  /** Sorts as the version does. */
  readonly rank: string
  /** Versions with dead letters that no newer version has superseded yet, oldest failure first. */
  readonly failed_versions: readonly FailedVersion[]
  /** Offset of the `sync-status` record that changed it last; -1: the mapped event itself. */
  readonly offset: number
  /** Grows with each write; writes are conditional on it. */
  readonly revision: number
}

/** A stage's report about an entity of a connection. */
export interface StageReport {
  readonly stage: string
  /** Milliseconds. */
  readonly at: number
  /** Of the record in `sync-status`; -1: the mapped event itself. */
  readonly offset: number
  readonly task: string | null
  readonly result: EntityResult & { readonly connection: string }
  readonly places: ResultPlaces
}

/** Entities for vendors' ERPs belong to the backend view; all others go to the shop. */
export function viewOf(entity: string): View {
  return entityDeclarations.some((one) => one.name === entity && 'vendor' in one) ? 'backend' : 'frontend'
}

export function shelfOf(connection: string, entity: string): string {
  return `${viewOf(entity)}#${connection}#${entity}`
}

export function stagedId({ key, source }: Pick<StagedRow, 'key' | 'source'>): string {
  return `${key}#${source}`
}

/** Position of a record, as rows store it. */
export const placeAttribute = map<Place>({ topic: text, partition: number, offset: number, bytes: number })

export const stagedRows = rowType<StagedRow>(
  STAGED,
  ['shelf', 'id'],
  {
    shelf: text,
    id: text,
    by_status: text,
    connection: text,
    entity: text,
    source: text,
    key: text,
    status: text,
    stage: text,
    code: orNull(text),
    message: orNull(text),
    target_id: orNull(text),
    attempts: number,
    first_at: text,
    updated_at: text,
    occurred_at: orNull(text),
    read_at: text,
    task: orNull(text),
    event_id: text,
    source_place: orNull(placeAttribute),
    mapped_place: orNull(placeAttribute),
    rank: text,
    failed_versions: failedVersions,
    offset: number,
    revision: number,
  },
  // Entities with a feed have a limited number of rows; orders and fulfilments grow every day, so ended ones expire.
  ({ entity = '', status = '', updated_at = '' }) => {
    const isOpen = !isEnd(status) || status === 'failed'
    return isOpen || hasFeed(entity) ? null : expiresAfter(Date.parse(updated_at), keptDays.stagedOrders)
  },
)

/**
 * The row after the report; the same row if the report is older or adds nothing. Reports are ordered by (version,
 * offset of the source event (higher for a retry or replay), stage, order of the stage's results), whatever order they
 * arrive in: the result is the same (Guarantees 4 and 9).
 */
export function evolveStaged(row: StagedRow | undefined, report: StageReport): StagedRow {
  const pass = row === undefined ? 1 : comparePass(row, report)
  if (row === undefined || pass > 0) return begun(row, report)
  if (pass < 0) return row
  const known = withPlaces(row, report)
  return isLater(row, report) ? movedOn(known, report) : known
}

/** Positive: a newer version, or the same one read from the topic again. */
function comparePass({ rank, source_place }: StagedRow, { result, places }: StageReport): number {
  const reported = versionRank(result)
  if (reported !== rank) return reported > rank ? 1 : -1
  if (source_place === null || places.source === null) return 0
  return places.source.offset - source_place.offset
}

function begun(before: StagedRow | undefined, report: StageReport): StagedRow {
  const { result, places, task, at } = report
  const { connection, entity, source, key, eventId, occurredAt, readAt } = result
  return withStatus(report, {
    shelf: shelfOf(connection, entity),
    id: stagedId(result),
    connection,
    entity,
    source,
    key,
    target_id: null,
    attempts: 1,
    first_at: isoTime(at),
    task,
    event_id: eventId,
    occurred_at: occurredAt === null ? null : isoTime(occurredAt),
    read_at: isoTime(readAt),
    source_place: places.source,
    mapped_place: places.mapped,
    rank: versionRank(result),
    failed_versions: before?.failed_versions ?? [],
    revision: before?.revision ?? 0,
  })
}

/** Positions come from the stages that have the records, whichever reports first. */
function withPlaces(row: StagedRow, { places: { source, mapped }, at }: StageReport): StagedRow {
  const source_place = row.source_place ?? source
  const isNewer = mapped !== null && (row.mapped_place === null || mapped.offset > row.mapped_place.offset)
  const mapped_place = isNewer ? mapped : row.mapped_place
  const [first_at = row.first_at] = [row.first_at, isoTime(at)].toSorted()
  const same = source_place === row.source_place && mapped_place === row.mapped_place && first_at === row.first_at
  return same ? row : { ...row, source_place, mapped_place, first_at }
}

/** Results of one stage are in one partition and compare by offset. */
function isLater(row: StagedRow, { stage, offset, result }: StageReport): boolean {
  const step = stageOrder(stage) - stageOrder(row.stage)
  if (step !== 0) return step > 0
  return offset > row.offset || (offset === row.offset && offset >= 0 && result.status !== row.status)
}

function movedOn(row: StagedRow, report: StageReport): StagedRow {
  const goesOn = row.stage === report.stage && row.offset >= 0
  return withStatus(report, { ...row, attempts: goesOn ? row.attempts + 1 : 1 })
}

type Standing = 'by_status' | 'status' | 'stage' | 'code' | 'message' | 'updated_at' | 'offset'

function withStatus(report: StageReport, row: Omit<StagedRow, Standing>): StagedRow {
  const { stage, at, offset, result } = report
  const { status, code, message, targetId } = result
  const updated_at = isoTime(at)
  return {
    ...row,
    by_status: `${status}#${updated_at}#${row.id}`,
    status,
    stage,
    code,
    updated_at,
    offset,
    message: message?.slice(0, LONGEST_MESSAGE) ?? null,
    target_id: targetId ?? row.target_id,
  }
}
