import type { Item, Tables } from '../dynamodb/tables.ts'
import { readableItems } from '../dynamodb/unreadable-rows.ts'
import { fromParkedItem, PARKED } from './parked-item.ts'
import { HELD } from './parking.ts'

/** A record that waits, without what it holds. Times are ISO 8601. */
export interface ParkedSummary {
  readonly stage: string
  readonly partition: number
  readonly connection: string
  /** kind|entity key, or source|entity key. */
  readonly key: string
  readonly code: string
  readonly message: string
  readonly attempts: number
  readonly first_at: string
  /** When it is tried again; null: once its connection is not paused any more. */
  readonly release_at: string | null
  readonly task: string | null
  readonly event_id: string
  /** Where its record is. */
  readonly topic: string
  readonly offset: string
}

export interface ParkedFilter {
  /** Every stage that may park, in the order of the list. */
  readonly stages: readonly string[]
  readonly partitions: number
  /** Null: of all. */
  readonly connection: string | null
}

/** Rows looked at in one go, and how many such goes one call may take. */
const CHUNK = 500
const CHUNKS = 20

/**
 * Parked records, stage by stage and partition by partition, after the place `after`. `next` is null at the end; with a
 * rare connection a call may answer few or no rows and yet a `next`.
 */
export async function listParked(
  tables: Tables,
  { stages, partitions, connection }: ParkedFilter,
  limit: number,
  after: string | null,
): Promise<{ readonly rows: readonly ParkedSummary[]; readonly next: string | null }> {
  const owners = stages.flatMap((stage) =>
    Array.from({ length: partitions }, (_, partition) => `${stage}#${partition}`),
  )
  const rows: ParkedSummary[] = []
  let place = after === null ? { owner: owners[0], id: undefined } : parsePlace(after)
  let chunks = 0
  while (place.owner !== undefined) {
    const { owner, id } = place
    const range = { partition: owner, limit: CHUNK, ...(id === undefined ? {} : { after: id }) }
    const items = await tables.query(PARKED, range)
    for (const item of items) {
      if (item['mark'] !== undefined || (connection !== null && item['connection'] !== connection)) continue
      rows.push(...readableItems([item], (one) => toSummary(owner, one)))
      if (rows.length === limit) return { rows, next: placeText(owner, String(item['id'])) }
    }
    const last = items.length < CHUNK ? undefined : String(items.at(-1)?.['id'])
    place = last === undefined ? { owner: owners[owners.indexOf(owner) + 1], id: undefined } : { owner, id: last }
    // Partitions that hold nothing cost a query each, and no more.
    if (items.length > 0) chunks += 1
    if (chunks === CHUNKS && place.owner !== undefined) return { rows, next: placeText(place.owner, place.id) }
  }
  return { rows, next: null }
}

function placeText(owner: string, id: string | undefined): string {
  return JSON.stringify(id === undefined ? [owner] : [owner, id])
}

function parsePlace(text: string): { readonly owner: string | undefined; readonly id: string | undefined } {
  const [owner, id] = JSON.parse(text) as readonly string[]
  return { owner, id }
}

function toSummary(owner: string, item: Item): ParkedSummary {
  const { connection, key, code, message, attempts, firstAt, about, record } = fromParkedItem(item)
  const at = String(item['release_at'])
  return {
    stage: owner.slice(0, owner.lastIndexOf('#')),
    partition: record.partition,
    connection,
    key,
    code,
    message,
    attempts,
    first_at: new Date(firstAt).toISOString(),
    release_at: at.startsWith(HELD) ? null : new Date(Number(at)).toISOString(),
    task: about.taskId,
    event_id: about.eventId,
    topic: record.topic,
    offset: String(record.offset),
  }
}
