import { StreamError } from '../../errors.ts'
import type { Condition, Tables } from '../../platform/dynamodb/tables.ts'
import { type FeedMeta, META, readMeta, watermarkNames } from '../feed-table.ts'
import type { Rebuild } from './rebuild.ts'

/**
 * Makes a rebuild the one that builds, under a generation that never was. Again for the same rebuild: the same one.
 * `note` is told the generation before it is taken, and throws when the rebuild is another worker's by now: one who stood
 * still may come when the generation has long been switched to. Throws `state_conflict` while another rebuild builds.
 */
export async function beginGeneration(
  tables: Tables,
  { table, id }: Pick<Rebuild, 'table' | 'id'>,
  note: (generation: number, live: number) => Promise<void>,
): Promise<number> {
  const meta = await readMeta(tables, table)
  const generation = meta.building?.generation ?? meta.lastGeneration + 1
  if (meta.building !== null && meta.building.rebuild !== id) {
    const message = `table: ${meta.building.rebuild} makes ${table} again; switch to it or drop it first`
    throw new StreamError('state_conflict', message, { field: 'table' })
  }
  await note(generation, meta.generation)
  if (meta.building !== null) return generation
  const free: Condition = { allOf: [{ absent: 'building' }, unchanged('last_generation', meta.lastGeneration)] }
  const set = { building: generation, rebuild: id, last_generation: generation }
  if ((await tables.update(table, META, { set }, free)) !== null) return generation
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
export async function switchGeneration(tables: Tables, rebuild: Rebuild): Promise<void> {
  const { table, id, generation } = rebuild
  const meta = await readMeta(tables, table)
  if (generation !== null && meta.generation === generation) return
  if (generation === null || meta.building?.rebuild !== id) {
    throw new StreamError('state_conflict', `id: ${id} does not make ${table} any more`, { field: 'id' })
  }
  const asItWas: Condition = {
    allOf: [{ attribute: 'rebuild', is: '=', value: id }, unchanged('generation', meta.generation)],
  }
  const change = { set: { generation }, remove: ['building', 'rebuild'] }
  if ((await tables.update(table, META, change, asItWas)) !== null) return
  throw new StreamError('state_conflict', `id: ${id} was switched or dropped just now; look at it again`, {
    field: 'id',
  })
}

/** Nothing is written into the generation any more. False: it is not being built (any more). */
export async function giveUpGeneration(tables: Tables, { table, id }: Rebuild): Promise<boolean> {
  const own: Condition = { attribute: 'rebuild', is: '=', value: id }
  return (await tables.update(table, META, { remove: ['building', 'rebuild'] }, own)) !== null
}

/** Forgets how far a generation came, after its rows are gone. */
export async function forgetWatermarks(
  tables: Tables,
  table: string,
  generation: number,
  shards: number,
): Promise<void> {
  const remove = Array.from({ length: shards }, (_, shard) => Object.values(watermarkNames(generation, shard))).flat()
  await tables.update(table, META, { remove })
}

/** As `readMeta` gave it: the attributes are not there before the first rebuild. */
function unchanged(attribute: 'generation' | 'last_generation', value: number): Condition {
  return { anyOf: [{ absent: attribute }, { attribute, is: '=', value }] }
}
