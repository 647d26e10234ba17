// The dead letter of an order that was corrected in the shop stayed open, though the corrected version was delivered.
import { expect, it } from 'vitest'
import type { ResultPlaces } from '../../../src/events/generated/events.ts'
import { deadLetterId } from '../../../src/platform/runtime/dead-letters.ts'
import { getDeadLetter } from '../../../src/projections/list-dead-letters.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { deadLettered, memoryDeadLetters } from '../../data/dead-letters.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

type Result = Parameters<typeof entityResult>[0]

/** Orders as their shop has them, and as a connection's ERP gets them. */
const read = (offset: number): ResultPlaces => {
  return { source: { topic: 't.orders', partition: 2, offset, bytes: 1 }, mapped: null }
}
const mapped = (offset: number): ResultPlaces => {
  return { ...read(offset), mapped: { topic: 't.vendor-orders.erp', partition: 2, offset, bytes: 1 } }
}
/** Versions by their time. */
const v1 = { occurredAt: 1_000, eventId: 'e-1' }
const v2 = { occurredAt: 2_000, eventId: 'e-2' }
const v3 = { occurredAt: 3_000, eventId: 'e-3' }
const failed = { status: 'failed', code: 'target_rejected', message: 'no' }

function fixture() {
  const tables = memoryTables(projectionTables)
  const letters = memoryDeadLetters(tables, { now: () => 5_000 })
  const { producer, codec, reporter } = letters
  const closing = { producer, codec, reporter, topicPrefix: 't.', clock: { now: () => 6_000 } }
  const stage = stagedStage({ tables, settleMs: 0, closing })
  let offset = 0
  return {
    ...letters,
    /** A failure of a record at a stage: its dead letter. */
    async fail(of: string, { source, mapped: sent }: ResultPlaces, connection: string | null = 'c1', retry = 0) {
      const { topic, partition, offset: at } = sent ?? source ?? { topic: '', partition: 0, offset: 0 }
      const id = deadLetterId(of, { topic, partition, offset: BigInt(at), headers: [] }, connection)
      await letters.project(
        deadLettered({ deadLetterId: id, stage: of, connection, topic, partition, offset: at, retry }),
      )
      return id
    },
    /** A report of a stage, and what is told of dead letters because of it. */
    async tell(of: string, result: Result, places: ResultPlaces) {
      offset += 1
      await stage.handle([statusRecord(of, offset, [entityResult(result)], 't', [places])], batchContext().context)
      await letters.deliver()
    },
    stateOf: async (id: string) => (await getDeadLetter(tables, id))?.state,
    letter: (id: string) => getDeadLetter(tables, id),
  }
}

it('a dead letter is closed when a newer version passed its stage, with that as the reason', async () => {
  const world = fixture()
  const id = await world.fail('deliver-erp', mapped(1))
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(1))
  await world.tell('route-orders', { ...v2, status: 'processing' }, read(2))
  expect(await world.stateOf(id)).toBe('open')
  await world.tell('deliver-erp', { ...v2, status: 'succeeded' }, mapped(2))
  const reason = 'superseded: the version of 1970-01-01T00:00:02.000Z passed deliver-erp'
  expect(await world.letter(id)).toMatchObject({
    state: 'resolved',
    state_at: '1970-01-01T00:00:06.000Z',
    history: [{ what: 'failed' }, { what: 'resolved', by: null, reason, at: '1970-01-01T00:00:06.000Z' }],
  })
  // Its task no longer has a failed order.
  expect(world.reporter.results.map(({ result }) => [result.eventId, result.occurredAt, result.status])).toEqual([
    ['e-1', 1_000, 'superseded'],
  ])
  await expect(world.deadLetters.retry(id, { by: 'ann', force: false, reason: null })).rejects.toMatchObject({
    code: 'state_conflict',
  })
})

it('one that failed for all connections is closed by a version that was routed', async () => {
  const world = fixture()
  const id = await world.fail('route-orders', read(1), null)
  await world.tell('route-orders', { ...v1, ...failed, code: 'totals_differ' }, read(1))
  await world.tell('route-orders', { ...v2, status: 'processing' }, read(2))
  expect(await world.stateOf(id)).toBe('resolved')
})

it('a row of stock that its feed or push refused is closed by the next one of its SKU', async () => {
  for (const stage of ['map-inventory', 'project-inventory', 'push-inventory']) {
    const world = fixture()
    const id = await world.fail(stage, mapped(1))
    await world.tell(stage, { ...v1, ...failed, entity: 'inventory' }, mapped(1))
    await world.tell(stage, { ...v2, entity: 'inventory', status: 'processing' }, mapped(2))
    expect(await world.stateOf(id)).toBe('resolved')
  }
})

it.each([
  ['failed, too', { ...failed }],
  ['waits', { status: 'waiting', code: 'item_missing' }],
  ['is retried, but not handled yet', { status: 'processing', code: 'retried' }],
  ['was discarded', { status: 'canceled', code: 'discarded' }],
  ['has an unknown outcome', { status: 'unknown', code: 'timed_out' }],
])('stays open while its newer version %s', async (_, end) => {
  for (const [stage, places] of [['route-orders', read] as const, ['deliver-erp', mapped] as const]) {
    const world = fixture()
    const id = await world.fail(stage, places(1))
    await world.tell(stage, { ...v1, ...failed }, places(1))
    await world.tell(stage, { ...v2, ...end }, places(2))
    expect(await world.stateOf(id)).toBe('open')
    // The next one closes it.
    await world.tell(stage, { ...v3, status: 'succeeded' }, places(3))
    expect(await world.stateOf(id)).toBe('resolved')
  }
})

it('an older version, another stage or another order closes nothing', async () => {
  const world = fixture()
  const id = await world.fail('deliver-erp', mapped(2))
  await world.tell('deliver-erp', { ...v2, ...failed }, mapped(2))
  await world.tell('deliver-erp', { ...v1, status: 'succeeded' }, mapped(1))
  await world.tell('deliver-erp', { ...v3, key: '200', status: 'succeeded' }, mapped(3))
  await world.tell('deliver-erp', { ...v3, connection: 'c2', status: 'succeeded' }, mapped(3))
  await world.tell('route-orders', { ...v3, status: 'processing' }, read(3))
  expect(await world.stateOf(id)).toBe('open')
})

it('the order of reports does not matter, nor that they come again', async () => {
  const world = fixture()
  const id = await world.fail('deliver-erp', mapped(1))
  await world.tell('deliver-erp', { ...v2, status: 'succeeded' }, mapped(2))
  expect(await world.stateOf(id)).toBe('open')
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(1))
  expect(await world.stateOf(id)).toBe('resolved')
  const before = await world.letter(id)
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(1))
  await world.tell('deliver-erp', { ...v2, status: 'succeeded' }, mapped(2))
  expect((await world.letter(id))?.history).toEqual(before?.history)
  // A forced retry of it that fails opens it: somebody wanted that version.
  await world.fail('deliver-erp', mapped(1), 'c1', 1)
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(9))
  expect(await world.stateOf(id)).toBe('open')
})

it('what was discarded stays discarded, and the same version that was sent again closes it', async () => {
  const world = fixture()
  const [first, second] = [await world.fail('deliver-erp', mapped(1)), await world.fail('deliver-erp', mapped(2))]
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(1))
  await world.tell('deliver-erp', { ...v1, ...failed }, mapped(2))
  await world.deadLetters.discard(first, { by: 'ann', reason: 'a test' })
  await world.deliver()
  await world.tell('deliver-erp', { ...v1, status: 'succeeded' }, mapped(3))
  expect([await world.stateOf(first), await world.stateOf(second)]).toEqual(['discarded', 'resolved'])
  // No version superseded itself.
  const reason = 'the version of 1970-01-01T00:00:01.000Z was sent again and passed deliver-erp'
  expect((await world.letter(second))?.history.at(-1)).toMatchObject({ what: 'resolved', reason })
})

it('a newer version that the vendor refuses, or that is not sent to it, closes nothing there', async () => {
  for (const code of ['cancellation_refused', 'connection_removed']) {
    const world = fixture()
    const id = await world.fail('deliver-erp', mapped(1))
    await world.tell('deliver-erp', { ...v1, ...failed }, mapped(1))
    await world.tell('deliver-erp', { ...v2, status: 'ignored', code }, mapped(2))
    expect(await world.stateOf(id)).toBe('open')
  }
})

it('the same version replayed for one connection leaves the dead letter of all connections open', async () => {
  const world = fixture()
  const id = await world.fail('route-orders', read(1), null)
  for (const connection of ['c1', 'c2']) {
    await world.tell('route-orders', { ...v1, ...failed, connection, code: 'configuration_missing' }, read(1))
  }
  await world.tell('route-orders', { ...v1, connection: 'c1', status: 'processing' }, read(5))
  expect(await world.stateOf(id)).toBe('open')
  // A newer version is decided for every connection: each has its outcome, or a dead letter of its own.
  await world.tell('route-orders', { ...v2, connection: 'c2', status: 'processing' }, read(6))
  expect(await world.stateOf(id)).toBe('resolved')
})
