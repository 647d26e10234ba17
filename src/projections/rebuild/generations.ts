import { StreamError } from '../../errors.ts'
import type { AttributeOf, RowChange } from '../../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../../platform/dynamodb/tables.ts'
import { type FeedMeta, type MetaItem, metaKey, readMeta, watermarkNames } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import type { Rebuild } from './rebuild.ts'

type MetaCondition = Condition<AttributeOf<MetaItem>>

/**
 * Makes a rebuild the one that builds, under a generation that never was. Again for the same rebuild: the same one.
 * `note` is told the generation before it is taken, and throws when the rebuild is another worker's by now: one who stood
 * still may come when the generation has long been switched to. Throws `state_conflict` while another rebuild builds.
 */
export async function beginGeneration(
  tables: Tables,
  feed: Feed,
  { table, id }: Pick<Rebuild, 'table' | 'id'>,
  note: (generation: number, live: number) => Promise<void>,
): Promise<number> {
  const meta = await readMeta(tables, feed)
  const generation = meta.building?.generation ?? meta.lastGeneration + 1
  if (meta.building !== null && meta.building.rebuild !== id) {
    const message = `table: ${meta.building.rebuild} makes ${table} again; switch to it or drop it first`
    throw new StreamError('state_conflict', message, { field: 'table' })
  }
  await note(generation, meta.generation)
  if (meta.building !== null) return generation
  const free: MetaCondition = { allOf: [{ absent: 'building' }, unchanged('last_generation', meta.lastGeneration)] }
  const set: Partial<MetaItem> = { building: generation, rebuild: id, last_generation: generation }
  if ((await tables.update(table, metaKey(feed), { set }, free)) !== null) return generation
  throw new StreamError('concurrent_change', `another rebuild of ${table} was begun just now`)
}

/**
 * Whether the projector writes the generation too. It does as soon as a shard of it has all that the live one has: then
 * every later batch begins at or before its end. From then on it lacks nothing, whatever comes.
 */
export function isJoined(meta: FeedMeta, generation: number, shards: number): boolean {
  return Array.from({ length: shards }, (_, shard) => shard).every((shard) => {
    const live = meta.watermark(meta.generation, shard)?.position?.offset ?? -1n
    return (meta.watermark(generation, shard)?.position?.offset ?? -1n) >= live
  })
}

/**
 * Guarantees 8 and 9: one conditional write makes a generation that was joined once the live one. A batch that is being
 * written just now is written into it by whoever finds, after the rows of the other, that this one is live. Throws
 * `state_conflict`.
 */
export async function switchGeneration(tables: Tables, feed: Feed, rebuild: Rebuild): Promise<void> {
  const { table, id, generation } = rebuild
  const meta = await readMeta(tables, feed)
  if (generation !== null && meta.generation === generation) return
  if (generation === null || meta.building?.rebuild !== id) {
    throw new StreamError('state_conflict', `id: ${id} does not make ${table} any more`, { field: 'id' })
  }
  const asItWas: MetaCondition = {
    allOf: [{ attribute: 'rebuild', is: '=', value: id }, unchanged('generation', meta.generation)],
  }
  const change = { set: { generation }, remove: ['building', 'rebuild'] } satisfies RowChange<MetaItem>
  if ((await tables.update(table, metaKey(feed), change, asItWas)) !== null) return
  throw new StreamError('state_conflict', `id: ${id} was switched or dropped just now; look at it again`, {
    field: 'id',
  })
}

/** Nothing is written into the generation any more. False: it is not being built (any more). */
export async function giveUpGeneration(tables: Tables, feed: Feed, { table, id }: Rebuild): Promise<boolean> {
  const own: MetaCondition = { attribute: 'rebuild', is: '=', value: id }
  const change = { remove: ['building', 'rebuild'] } satisfies RowChange<MetaItem>
  return (await tables.update(table, metaKey(feed), change, own)) !== null
}

/** Forgets how far a generation came, after its rows are gone. */
export async function forgetWatermarks(tables: Tables, feed: Feed, generation: number, shards: number): Promise<void> {
  const remove = Array.from({ length: shards }, (_, shard) => Object.values(watermarkNames(generation, shard))).flat()
  await tables.update(feed.table, metaKey(feed), { remove })
}

/** As `readMeta` gave it: the attributes are not there before the first rebuild. */
function unchanged(attribute: 'generation' | 'last_generation', value: number): MetaCondition {
  return { anyOf: [{ absent: attribute }, { attribute, is: '=', value }] }
}
