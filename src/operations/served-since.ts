import { canonicalJson } from '../events/canonical-json.ts'
import { type AttributeOf, millis, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import { createSharedReads, type Kept } from '../platform/shared-reads.ts'
import type { Feed } from '../projections/projection.ts'

const FEED_SERVINGS = 'feed_servings'

export const servingTables: readonly TableDefinition[] = [
  { name: FEED_SERVINGS, partitionKey: 'connection', sortKey: 'id' },
]

/** How the rows of a source are served, since an answer first had them so. */
interface ServingRow {
  readonly connection: string
  /** feed#source */
  readonly id: string
  /** As in `Serving`; null: as they were read. */
  readonly changed: string | null
  /** Milliseconds. */
  readonly since: number
}

const servingRows = rowType<ServingRow>(FEED_SERVINGS, ['connection', 'id'], {
  connection: text,
  id: text,
  changed: orNull(text),
  since: millis,
})

/** By source, milliseconds. Sources whose rows were never served otherwise are left out. */
export type ServedSince = ReadonlyMap<string, number>

const shared = createSharedReads<ServedSince>()

/** How the sources of a connection's feed are served now. */
interface Served {
  readonly connection: string
  readonly sources: readonly string[]
  readonly changed: Readonly<Record<string, string>>
  /** Milliseconds by which clocks may differ: a change is noted as so much later, so no reader is past it. */
  readonly settleMs: number
}

/**
 * Since when the rows of each source are served as they are now. A change is noted when it is first served, so a
 * reader by time, which asks only for what changed since its last request, finds it there.
 */
export function servedSince(tables: Tables, feed: Feed, served: Served, kept: Kept): Promise<ServedSince> {
  const { connection, sources, changed, settleMs } = served
  const name = canonicalJson([feed.entity, connection, sources, changed])
  return shared(tables, name, kept, () => noteServed(tables, feed, served, kept.now + settleMs))
}

async function noteServed(tables: Tables, feed: Feed, { connection, sources, changed }: Served, now: number) {
  const rows = rowsOf(tables, servingRows)
  const known = await rows.query({ partition: connection, beginsWith: `${feed.entity}#` })
  const byId = new Map(known.map((row) => [row.id, row]))
  const since = new Map<string, number>()
  for (const source of sources) {
    const id = `${feed.entity}#${source}`
    const before = byId.get(id)
    const is = changed[source] ?? null
    if (is === (before?.changed ?? null)) {
      if (before !== undefined) since.set(source, before.since)
      continue
    }
    const asRead: Condition<AttributeOf<ServingRow>> =
      before === undefined ? { absent: 'id' } : { attribute: 'since', is: '=', value: before.since }
    const noted = await rows.put({ connection, id, changed: is, since: now }, asRead)
    // Otherwise another process has just noted it.
    since.set(source, noted ? now : ((await rows.get({ connection, id }))?.since ?? now))
  }
  return since
}
