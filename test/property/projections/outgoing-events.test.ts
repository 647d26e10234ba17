import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  appendOutgoing,
  type LaneRecord,
  laneIdle,
  type NewOutgoingOrder,
  type OwnerPlace,
  partitionOfOwner,
  placeAtTime,
  readOutgoing,
} from '../../../src/projections/outgoing-events.ts'
import { readLaneFrontiers } from '../../../src/projections/outgoing-lanes.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'

const SHOP = 'shop'
/** Owners of an order's events: the shop before it is routed, then one connection or another. */
const OWNERS = [null, 'c', 'd'] as const
const TOPICS = ['sync-status', 'shop-fulfilments.shop']
const PARTITIONS = 2
const SETTLE_MS = 50

/** What happens next: records are appended to a partition, a projector handles some, dies while it does, or a reader reads. */
const acts = fc.array(
  fc.record({
    what: fc.constantFrom('append', 'append', 'append', 'handle', 'handle', 'die', 'again', 'idle', 'read'),
    lane: fc.nat({ max: TOPICS.length * PARTITIONS - 1 }),
    most: fc.integer({ min: 1, max: 4 }),
    /** Brokers' clocks differ a little: a record may be given an earlier time than the one before. */
    ms: fc.integer({ min: -5, max: 40 }),
    events: fc.array(fc.constantFrom(...OWNERS), { maxLength: 2 }),
  }),
  { minLength: 20, maxLength: 120 },
)

const eventOf = (id: string, connection: (typeof OWNERS)[number]): NewOutgoingOrder => ({
  id,
  type: 'order.accepted',
  connection,
  shop: SHOP,
  number: id,
  stage: 's',
  code: null,
  target_id: null,
  event_place: null,
})

interface Lane {
  readonly topic: string
  readonly partition: number
  readonly records: LaneRecord[]
  /** Committed. */
  handled: number
}

/**
 * Lanes, a projector of each, and one reader who follows the events of all owners. The projectors' clock is `ahead`
 * milliseconds ahead of the brokers'.
 */
function world(ahead = 0) {
  const tables = memoryTables(projectionTables)
  const lanes = TOPICS.flatMap((topic) =>
    Array.from({ length: PARTITIONS }, (_, partition): Lane => ({ topic, partition, records: [], handled: 0 })),
  )
  const read: string[] = []
  const readAt: string[] = []
  const appended: string[] = []
  let [now, count] = [1_000_000, 0]
  let owners: readonly OwnerPlace[] = OWNERS.map((connection) => {
    const partition = partitionOfOwner(connection === null ? { shop: SHOP } : { connection })
    return { partition, after: placeAtTime(0) }
  })
  return {
    lanes,
    read,
    readAt,
    appended,
    pass: (ms: number) => {
      now += ms
    },
    append({ records }: Lane, ms: number, events: readonly (typeof OWNERS)[number][]) {
      now += Math.max(0, ms)
      const made = events.map((owner, n) => eventOf(String(count + n + 1), owner))
      count += events.length
      const { record } = decoded<'sync-status'>({} as never, {
        offset: records.length,
        timestamp: now + Math.min(0, ms),
      })
      records.push({ record, events: made })
      appended.push(...made.map(({ id }) => id))
    },
    async handle(lane: Lane, { from, most, dies }: { from: number; most: number; dies: boolean }) {
      const batch = lane.records.slice(from, from + most)
      let asked = 0
      const context = batchContext(lane.partition, () => {
        asked += 1
        if (dies && asked === 2) throw new Error('lost')
      }).context
      await appendOutgoing(tables, lane.topic, batch, context).catch(() => undefined)
      if (!dies) lane.handled = Math.max(lane.handled, from + batch.length)
    },
    async idle({ topic, partition, records, handled }: Lane) {
      if (handled === records.length)
        await laneIdle({ tables, settleMs: SETTLE_MS }, topic)(partition, topic, now + ahead)
    },
    async follow(limit: number) {
      const frontier = (await readLaneFrontiers(tables, PARTITIONS))(TOPICS)
      const page = await readOutgoing(tables, owners, { frontier, limit })
      read.push(...page.rows.map(({ id }) => id))
      readAt.push(...page.rows.map(({ place }) => place))
      owners = owners.map(({ partition, after }) => ({ partition, after: page.places.get(partition) ?? after }))
      return page.all
    },
  }
}

it('a reader sees every event once, in the order of its time, whatever happens to projectors', async () => {
  await fc.assert(
    fc.asyncProperty(acts, fc.nat({ max: 1_000 }), async (all, ahead) => {
      const { lanes, read, readAt, appended, pass, append, handle, idle, follow } = world(ahead)
      for (const { what, lane: index, most, ms, events } of all) {
        const lane = lanes[index]
        if (lane === undefined) throw new Error('there are so many lanes')
        if (what === 'append') append(lane, ms, events)
        if (what === 'handle') await handle(lane, { from: lane.handled, most, dies: false })
        if (what === 'die') await handle(lane, { from: lane.handled, most, dies: true })
        if (what === 'again') await handle(lane, { from: Math.max(0, lane.handled - most), most, dies: false })
        if (what === 'idle') await idle(lane)
        if (what === 'read') await follow(most)
      }
      pass(10 * SETTLE_MS)
      for (const lane of lanes) {
        await handle(lane, { from: lane.handled, most: lane.records.length, dies: false })
        await idle(lane)
      }
      for (let caughtUp = false; !caughtUp; ) caughtUp = await follow(3)
      expect(read.toSorted()).toEqual(appended.toSorted())
      expect(readAt).toEqual(readAt.toSorted())
      for (const { records } of lanes) {
        const ids = records.flatMap(({ events }) => events.map(({ id }) => id))
        expect(read.filter((id) => ids.includes(id))).toEqual(ids)
      }
    }),
    { numRuns: 300 },
  )
})

it('what happened in another topic before is read before, however late it is handled', async () => {
  const { lanes, read, append, handle, idle, follow, pass } = world()
  const [accepted, , shipped] = lanes
  if (accepted === undefined || shipped === undefined) throw new Error('there are four lanes')
  append(accepted, 1, ['c'])
  append(shipped, 1, ['c'])
  await handle(shipped, { from: 0, most: 1, dies: false })
  pass(1_000)
  for (const lane of lanes.slice(1)) await idle(lane)
  await follow(10)
  expect(read).toEqual([])
  await handle(accepted, { from: 0, most: 1, dies: false })
  await idle(accepted)
  await follow(10)
  expect(read).toEqual(['1', '2'])
})
