import { readControl } from '../../src/control/read-control.ts'
import { readMeta } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { until } from '../worlds/processes-until.ts'
import type { World } from './world.ts'

/** What one can see from outside of how far things are. */
export interface Seen {
  /** Sum of the ends of a topic's partitions. */
  readonly end: bigint
  /** Sum of what the group has committed. */
  readonly committed: bigint
}

/** A topic's end, and how far a stage has committed it. */
export async function look({ installation }: World, topic: string, stage: string): Promise<Seen> {
  const { admin, config } = installation.platform
  const name = `${config.topicPrefix}${topic}`
  const committed = await admin.committed(`${config.topicPrefix}${stage}`, name)
  const ends = await admin.ends(name)
  const total = (offsets: Iterable<bigint>): bigint => [...offsets].reduce((sum, offset) => sum + offset, 0n)
  return { end: total(ends.map(({ end }) => end)), committed: total([...committed.values()].map((one) => one ?? 0n)) }
}

/** The topics of the stages that act on the outside, in the order of the flow. */
export const FLOW = [
  ['route-orders', 'orders'],
  ['map-inventory', 'inventory'],
  ['deliver-netsuite', 'vendor-orders.netsuite'],
  ['project-inventory', 'universal-inventory'],
] as const

/** How far everything is: it changes while anything flows. */
export async function flowOf(world: World): Promise<readonly Seen[]> {
  return await Promise.all(FLOW.map(([stage, topic]) => look(world, topic, stage)))
}

/** As `until`, for as long as anything flows. */
export async function untilInFlow<T>(
  world: World,
  what: string,
  isSo: () => Promise<T | undefined | null | false>,
  withinMs?: number,
): Promise<T> {
  const progress = () => flowOf(world)
  return await until(what, isSo, { progress, ...(withinMs === undefined ? {} : { withinMs }) })
}

/** Resolves as soon as a record is appended to the topic. */
export async function untilAppended(world: World, topic: string): Promise<void> {
  const { admin, config } = world.installation.platform
  const name = `${config.topicPrefix}${topic}`
  const end = async () => (await admin.ends(name)).reduce((sum, one) => sum + one.end, 0n)
  const before = await end()
  await untilInFlow(world, `a record in ${topic}`, async () => (await end()) > before)
}

/** Resolves as soon as NetSuite has begun to write an order that was sent since then. */
export async function untilOrderWritten(world: World, since: Date, answered: boolean): Promise<void> {
  await untilInFlow(world, 'an order is written in NetSuite', async () =>
    (await world.simulators.erpRequests(since)).some(
      ({ method, path, status }) => method === 'PUT' && path.includes('/salesOrder/') && (!answered || status > 0),
    ),
  )
}

/** The inventory feed's rows are written up to here, in every shard. */
export async function watermarks({ installation }: World): Promise<string> {
  const { tables, config } = installation.platform
  const meta = await readMeta(tables, inventoryFeed)
  const shards = Array.from({ length: config.partitions }, (_, shard) => meta.watermark(meta.generation, shard))
  return JSON.stringify(shards.map((shard) => [shard?.position?.time ?? 0, String(shard?.position?.offset ?? 0)]))
}

/** The run under way and the cut date of a read. */
export async function control({ installation }: World, read: string) {
  return await readControl(installation.platform.tables, read)
}
