import { StreamError } from '../../errors.ts'
import type { AttributeOf, RowChange } from '../../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../../platform/dynamodb/tables.ts'
import { type FeedMeta, type MetaItem, metaKey, readMeta, watermarkNames } from '../feed-table.ts'
import type { Feed } from '../projection.ts'
import type { Rebuild } from './rebuild.ts'

type MetaCondition = Condition<AttributeOf<MetaItem>>

/**
 * Makes a rebuild the building one, under a new generation; for the same rebuild again, the same generation. `note`
 * gets the generation before it is taken, and throws if another worker has the rebuild by now: a stalled worker may
 * resume long after the generation was switched to. Throws `state_conflict` while another rebuild is building.
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
    const message = `table: ${meta.building.rebuild} is rebuilding ${table}; switch to it or drop it first`
    throw new StreamError('state_conflict', message, { field: 'table' })
  }
  await note(generation, meta.generation)
  if (meta.building !== null) return generation
  const free: MetaCondition = { allOf: [{ absent: 'building' }, unchanged('last_generation', meta.lastGeneration)] }
  const set: Partial<MetaItem> = { building: generation, rebuild: id, last_generation: generation }
  if ((await tables.update(table, metaKey(feed), { set }, { mine: free })) !== null) return generation
  throw new StreamError('concurrent_change', `another rebuild of ${table} has just begun`)
}

/**
 * Whether the projector also writes this generation. It does so as soon as a shard of it has everything that the live
 * one has: every later batch then begins at or before its end. From then on it is complete, whatever arrives.
 */
export function isJoined(meta: FeedMeta, generation: number, shards: number): boolean {
  return hasAllOf(meta, generation, meta, shards)
}

/**
 * Guarantees 8 and 9: one conditional write makes a joined generation the live one. A batch being written at this
 * moment is also written into it: its writer checks, after the rows of the other generation, whether this one is live.
 * The former live generation takes its place and keeps getting each batch. Throws `state_conflict`.
 */
export async function switchGeneration(tables: Tables, feed: Feed, rebuild: Rebuild): Promise<void> {
  const { table, id, generation } = rebuild
  const meta = await readMeta(tables, feed)
  if (generation !== null && meta.generation === generation) return
  if (generation === null || meta.building?.rebuild !== id) {
    throw new StreamError('state_conflict', `id: ${id} is no longer rebuilding ${table}`, { field: 'id' })
  }
  const asItWas: MetaCondition = {
    allOf: [{ attribute: 'rebuild', is: '=', value: id }, unchanged('generation', meta.generation)],
  }
  const change = { set: { generation, building: meta.generation } } satisfies RowChange<MetaItem>
  if ((await tables.update(table, metaKey(feed), change, { mine: asItWas })) !== null) return
  throw new StreamError('state_conflict', `id: ${id} was just switched or dropped; read it again`, {
    field: 'id',
  })
}

/** Whether the generation before the rebuild's switch still gets new batches. */
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
 * Reverses a switch, as atomically: the previous generation is live again, and the rebuilt one stays beside it. A
 * cursor of the previous generation resumes where it was: that generation got every batch meanwhile (Guarantee 8).
 * `meets` checks the meta item repeatedly. Throws `state_conflict` if the previous generation no longer gets batches,
 * or lacks some.
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
  // A batch is written into the live generation first: what that has now, the other has after the batch.
  const has = async () => hasAllOf(await readMeta(tables, feed), before, meta, shards)
  if (!(await meets(has))) {
    const message = `id: generation ${before} of ${table} lacks the latest events; try again later, or rebuild if it stays so`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const asItWas: MetaCondition = { allOf: [kept(rebuild), { attribute: 'generation', is: '=', value: generation }] }
  const change = { set: { generation: before, building: generation } } satisfies RowChange<MetaItem>
  if ((await tables.update(table, metaKey(feed), change, { mine: asItWas })) === null) throw goneError(rebuild)
}

/** Whether a generation has everything that the live one had when `then` was read. */
function hasAllOf(now: FeedMeta, generation: number, then: FeedMeta, shards: number): boolean {
  return Array.from({ length: shards }, (_, shard) => shard).every((shard) => {
    const live = then.watermark(then.generation, shard)?.position?.offset ?? -1n
    return (now.watermark(generation, shard)?.position?.offset ?? -1n) >= live
  })
}

function goneError({ table, id }: Rebuild): StreamError {
  const message = `id: the rows of ${table} from before ${id} are deleted or being deleted: rebuild the table`
  return new StreamError('state_conflict', message, { field: 'id' })
}

/** Stops writes into the generation before a switch. False: the switch was undone, or writes have stopped already. */
export async function retireGeneration(tables: Tables, feed: Feed, rebuild: Rebuild): Promise<boolean> {
  const change = { remove: ['building', 'rebuild'] } satisfies RowChange<MetaItem>
  return (await tables.update(rebuild.table, metaKey(feed), change, { mine: kept(rebuild) })) !== null
}

/** Stops writes into the generation. False: it is not being built (any more). */
export async function giveUpGeneration(tables: Tables, feed: Feed, { table, id }: Rebuild): Promise<boolean> {
  const own: MetaCondition = { attribute: 'rebuild', is: '=', value: id }
  const change = { remove: ['building', 'rebuild'] } satisfies RowChange<MetaItem>
  return (await tables.update(table, metaKey(feed), change, { mine: own })) !== null
}

/** Deletes the watermarks of a generation after its rows are gone. */
export async function forgetWatermarks(tables: Tables, feed: Feed, generation: number, shards: number): Promise<void> {
  const remove = Array.from({ length: shards }, (_, shard) => Object.values(watermarkNames(generation, shard))).flat()
  await tables.update(feed.table, metaKey(feed), { remove })
}

/** Unchanged since `readMeta`: the attributes do not exist before the first rebuild. */
function unchanged(attribute: 'generation' | 'last_generation', value: number): MetaCondition {
  return { anyOf: [{ absent: attribute }, { attribute, is: '=', value }] }
}
