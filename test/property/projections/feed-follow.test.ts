import fc from 'fast-check'
import { expect, it } from 'vitest'
import { FeedModel, replicaOf, SETTLE_MS, SHARDS } from './feed-model.ts'

type Step = (model: FeedModel) => Promise<unknown>

const shard = fc.nat({ max: SHARDS - 1 })
const size = fc.integer({ min: 1, max: 8 })
const limit = fc.integer({ min: 1, max: 5 })
const writes = fc.oneof({ weight: 3, arbitrary: fc.constant(1000) }, { weight: 2, arbitrary: fc.nat({ max: 6 }) })
const back = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 6 }) })
const change = fc.record({
  key: fc.nat({ max: 5 }),
  version: fc.nat({ max: 12 }),
  content: fc.nat({ max: 2 }),
  deleted: fc.boolean(),
  late: fc.nat({ max: SETTLE_MS }),
})

const append = change.map(
  (one): Step =>
    async (model) =>
      model.append(one),
)
const project = fc.tuple(shard, size, back, writes).map(
  ([to, batch, from, crash]): Step =>
    (model) =>
      model.project(to, batch, from, crash),
)
const tick = fc.integer({ min: 1, max: 120 }).map(
  (ms): Step =>
    async (model) =>
      model.pass(ms),
)
const idle = fc.subarray([...Array(SHARDS).keys()], { minLength: 1 }).map(
  (shards): Step =>
    async (model) => {
      for (const one of shards) await model.idle(one)
    },
)
const follow = limit.map(
  (rows): Step =>
    (model) =>
      model.follow(rows),
)
const slot = limit.map(
  (rows): Step =>
    (model) =>
      model.readSlot(rows),
)
const atOnce = fc.tuple(fc.constantFrom(0, 1), project, project, fc.oneof(follow, slot)).map(
  ([both, one, other, reader]): Step =>
    (model) =>
      Promise.all([one(model), reader(model), both === 1 ? other(model) : undefined]),
)

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: append },
    { weight: 3, arbitrary: project },
    { weight: 2, arbitrary: atOnce },
    { weight: 2, arbitrary: tick },
    { weight: 2, arbitrary: idle },
    { weight: 3, arbitrary: follow },
    { weight: 3, arbitrary: slot },
  ),
  { maxLength: 60, size: 'max' },
)

it('a reader by cursor and one by timeslots end with the table, and the table is the fold of the log', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      const model = new FeedModel()
      for (const step of run) await step(model)
      await model.settle()
      const expected = model.expectedRows()
      expect(await model.rows()).toEqual(expected)
      expect(model.follower).toEqual(replicaOf(expected))
      expect(model.slots).toEqual(replicaOf(expected))
    }),
    { numRuns: 2000 },
  )
})
