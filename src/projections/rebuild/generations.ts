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
  return hasAllOf(meta, generation, meta, shards)
}

/**
 * Guarantees 8 and 9: one conditional write makes a generation that was joined once the live one. A batch that is being
 * written just now is written into it by whoever finds, after the rows of the other, that this one is live. The one that was
 * live takes its place beside it, and gets each batch as it did. Throws `state_conflict`.
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
  const change = { set: { generation, building: meta.generation } } satisfies RowChange<MetaItem>
  if ((await tables.update(table, metaKey(feed), change, asItWas)) !== null) return
  throw new StreamError('state_conflict', `id: ${id} was switched or dropped just now; look at it again`, {
    field: 'id',
  })
}

/** The generation before a switch of the rebuild, which still gets what comes. */
function isKept(meta: FeedMeta, { id, generation, live_generation }: Rebuild): boolean {
  const { building } = meta
  return meta.generation === generation && building?.rebuild === id && building.generation === live_generation
}

const kept = ({ id, live_generation }: Rebuild): MetaCondition => ({
  allOf: [
    { attribute: 'rebuild', is: '=', value: id },
    { attribute: 'building', is: '=', value: live_generation ?? 0 },
  ],
})

/**
 * The switch the other way round, as atomic as it: the generation before is the live one again, and the rebuilt one stays
 * beside it. A cursor of the generation before goes on where it was: it was given every batch meanwhile (Guarantee 8).
 * `meets` looks at the meta item as often as it takes. Throws `state_conflict` where that generation gets nothing any more,
 * or lacks what came.
 */
export async function undoSwitch(
  tables: Tables,
  feed: Feed,
  rebuild: Rebuild,
  { shards, meets }: { readonly shards: number; readonly meets: (is: () => Promise<boolean>) => Promise<boolean> },
): Promise<void> {
  const { table, id, generation, live_generation: before } = rebuild
  const meta = await readMeta(tables, feed)
  if (meta.generation === before && meta.building?.rebuild === id) return
  if (before === null || generation === null || !isKept(meta, rebuild)) throw goneError(rebuild)
  // A batch is written into the live one first: what that has now, the other has after the batch.
  const has = async () => hasAllOf(await readMeta(tables, feed), before, meta, shards)
  if (!(await meets(has))) {
    const message = `id: generation ${before} of ${table} lacks what came last: the projector stands still, which mends itself, or it can't be undone; try again, or rebuild`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const asItWas: MetaCondition = { allOf: [kept(rebuild), { attribute: 'generation', is: '=', value: generation }] }
  const change = { set: { generation: before, building: generation } } satisfies RowChange<MetaItem>
  if ((await tables.update(table, metaKey(feed), change, asItWas)) === null) throw goneError(rebuild)
}

/** Whether a generation has all that the live one had when `then` was read. */
function hasAllOf(now: FeedMeta, generation: number, then: FeedMeta, shards: number): boolean {
  return Array.from({ length: shards }, (_, shard) => shard).every((shard) => {
    const live = then.watermark(then.generation, shard)?.position?.offset ?? -1n
    return (now.watermark(generation, shard)?.position?.offset ?? -1n) >= live
  })
}

function goneError({ table, id }: Rebuild): StreamError {
  const message = `id: the rows of ${table} from before ${id} are gone or going: a rebuild makes them anew`
  return new StreamError('state_conflict', message, { field: 'id' })
}

/** Nothing is written into the generation before a switch any more. False: the switch was undone, or it is so already. */
export async function retireGeneration(tables: Tables, feed: Feed, rebuild: Rebuild): Promise<boolean> {
  const change = { remove: ['building', 'rebuild'] } satisfies RowChange<MetaItem>
  return (await tables.update(rebuild.table, metaKey(feed), change, kept(rebuild))) !== null
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
