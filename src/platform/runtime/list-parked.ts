import type { Item, Tables } from '../dynamodb/tables.ts'
import { readableItems } from '../dynamodb/unreadable-rows.ts'
import { fromParkedItem, PARKED, shownAttributes } from './parked-item.ts'
import { HELD, ORDER_HELD } from './parking.ts'

/** A parked record without its content. Times are ISO 8601. */
export interface ParkedSummary {
  readonly stage: string
  readonly partition: number
  readonly connection: string
  /** The system that the record was read from. */
  readonly source: string
  /** kind|entity key, or source|entity key. */
  readonly key: string
  readonly code: string
  readonly message: string
  readonly attempts: number
  readonly first_at: string
  /** When it is tried again; null: as soon as its connection is resumed or its order released. */
  readonly release_at: string | null
  readonly task: string | null
  readonly event_id: string
  /** Place of the record, with `partition` and `offset`. */
  readonly topic: string
  readonly offset: string
}

export interface ParkedFilter {
  /** All stages that may park records, in the order to list them. */
  readonly stages: readonly string[]
  readonly partitions: number
  /** Null: records of all connections. */
  readonly connection: string | null
}

/** Partitions queried at once: nearly all are empty, and querying one after the other would take long. */
const TOGETHER = 16
/** Most rounds of queries in one call; each reads at most one page of rows per partition. */
const MOST_LOOKS = 100

/**
 * Parked records, stage by stage and partition by partition, after the place `after`. `next` is null at the end; a call
 * may return few or no rows and still a `next`, when it read many rows that the filter leaves out.
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
  const begin = after === null ? { owner: undefined, id: undefined } : parsePlace(after)
  let place: Place = { index: Math.max(0, owners.indexOf(begin.owner ?? '')), id: begin.id }
  for (let looks = 1; place.index < owners.length; looks += 1) {
    const looked = await readPartitions(tables, owners, place, { connection, limit })
    for (const { owner, item } of looked.found) {
      rows.push(...readableItems([item], (one) => toSummary(owner, one)))
      if (rows.length === limit) return { rows, next: placeText(owner, String(item['id'])) }
    }
    place = looked.next
    const owner = owners[place.index]
    if (looks === MOST_LOOKS && owner !== undefined) return { rows, next: placeText(owner, place.id) }
  }
  return { rows, next: null }
}

interface Place {
  readonly index: number
  readonly id: string | undefined
}

/** Reads the next partitions, up to the first that has more rows than were read. */
async function readPartitions(
  tables: Tables,
  owners: readonly string[],
  { index, id }: Place,
  { connection, limit }: { readonly connection: string | null; readonly limit: number },
): Promise<{ readonly found: readonly { readonly owner: string; readonly item: Item }[]; readonly next: Place }> {
  const together = owners.slice(index, index + TOGETHER)
  const pages = await Promise.all(
    together.map(async (owner, i) => {
      const begin = i === 0 ? id : undefined
      // Ids begin with the connection and "|"; "}" is the next character after "|".
      const own = connection === null ? {} : { after: begin ?? `${connection}|`, before: `${connection}}` }
      const from = begin === undefined ? {} : { after: begin }
      return await tables.query(PARKED, { partition: owner, limit, attributes: shownAttributes, ...own, ...from })
    }),
  )
  const full = pages.findIndex((items) => items.length === limit)
  const read = full === -1 ? pages : pages.slice(0, full + 1)
  const found = read.flatMap((items, i) =>
    // A row with a mark is a check of a key, not a record.
    items.filter((item) => item['mark'] === undefined).map((item) => ({ owner: together[i] ?? '', item })),
  )
  if (full === -1) return { found, next: { index: index + together.length, id: undefined } }
  return { found, next: { index: index + full, id: String(pages[full]?.at(-1)?.['id']) } }
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
  const isHeld = at.startsWith(HELD) || code === ORDER_HELD
  return {
    stage: owner.slice(0, owner.lastIndexOf('#')),
    partition: record.partition,
    connection,
    source: about.source,
    key,
    code,
    message,
    attempts,
    first_at: new Date(firstAt).toISOString(),
    release_at: isHeld ? null : new Date(Number(at)).toISOString(),
    task: about.taskId,
    event_id: about.eventId,
    topic: record.topic,
    offset: String(record.offset),
  }
}
