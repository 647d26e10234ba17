import { expect, it } from 'vitest'
import { createRun } from '../../../../src/control/runs.ts'
import type { DeadLettered } from '../../../../src/events/generated/events.ts'
import { readRetryMark, withoutRetryHeaders } from '../../../../src/events/headers.ts'
import type { OutgoingRecord } from '../../../../src/platform/kafka/event-log.ts'
import { getDeadLetter, listDeadLetters } from '../../../../src/projections/list-dead-letters.ts'
import { deadLettered, memoryDeadLetters } from '../../../data/dead-letters.ts'
import { orderChanged, orderOf, vendorOrder } from '../../../data/processor-events.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { apiTestTables } from '../../../worlds/api-fixture.ts'

const START = Date.UTC(2026, 0, 31)
const ask = { by: 'ann', force: false, reason: null }
const any = { state: null, stage: null, connection: null, code: null, key: null, group: null, from: null, to: null }

function fixture() {
  const tables = memoryTables(apiTestTables)
  const clock = { time: START, now: () => clock.time }
  const letters = memoryDeadLetters(tables, clock)
  const state = async (id = 'd-1') => (await getDeadLetter(tables, id))?.state
  /** A letter of an order that its ERP refused. */
  const refused = (over: Partial<DeadLettered> = {}) =>
    deadLettered({ originalValue: letters.codec.encode('vendor-orders', vendorOrder('c1', '100')), ...over })
  /** What the stage tells after a retry. */
  const outcome = async (retry: number, kind: 'failed' | 'resolved') => {
    const change = kind === 'failed' ? null : { kind, by: null, reason: null }
    await letters.project(refused({ retry, attempts: 1, change, lastAt: clock.time }))
  }
  return { ...letters, tables, clock, state, refused, outcome }
}

const headersOf = ({ headers = {} }: OutgoingRecord) =>
  Object.entries(headers).flatMap(([key, values]) =>
    [values].flat().map((value) => ({ key, value: Buffer.from(value) })),
  )

it('appends the original to its topic again, byte for byte, with its headers and the mark of the retry', async () => {
  const { deadLetters, project, refused, retried, deliver, state } = fixture()
  const headers = [
    { key: 'h', value: Buffer.from([7, 255]) },
    { key: 'h', value: Buffer.from('again') },
  ]
  const letter = refused({ headers })
  await project(letter)
  expect(await deadLetters.retry('d-1', ask)).toEqual({ id: 'd-1', retry: 1, topic: 't.vendor-orders.erp' })
  const [record, ...more] = retried()
  if (record === undefined) throw new Error('a record was sent')
  expect([record.topic, record.key, record.value, more]).toEqual([letter.topic, 'c1|100', letter.originalValue, []])
  expect(withoutRetryHeaders(headersOf(record))).toEqual(headers)
  expect(readRetryMark(headersOf(record))).toEqual({
    letterId: 'd-1',
    attempt: 1,
    stage: 'deliver-erp',
    connection: 'c1',
    key: '100',
    origin: { topic: 't.vendor-orders.erp', partition: 2, offset: 42, timestamp: 1000 },
    revision: 0,
  })
  expect(await state()).toBe('retrying')
  await deliver()
  expect(await state()).toBe('retrying')
})

it('is seen in the history of the letter and of its entity before the record is sent', async () => {
  const { deadLetters, project, refused, deliver, tables, reporter, producer } = fixture()
  await project(refused())
  await deadLetters.retry('d-1', { ...ask, reason: 'item 7 is active again' })
  expect(producer.sent.map(({ topic }) => topic)).toEqual(['t.dead-letters', 't.vendor-orders.erp'])
  await deliver()
  const told = {
    what: 'retried',
    retry: 1,
    by: 'ann',
    reason: 'item 7 is active again',
    at: '2026-01-31T00:00:00.000Z',
  }
  expect((await getDeadLetter(tables, 'd-1'))?.history.at(-1)).toMatchObject(told)
  expect(reporter.results).toMatchObject([
    {
      taskId: 'task-1',
      result: { connection: 'c1', key: '100', status: 'processing', code: 'retried', message: expect.any(String) },
    },
  ])
  expect(reporter.results[0]?.result.message).toBe('retry 1 by ann: item 7 is active again')
})

it('tells every connection of an entity that failed for all of them', async () => {
  const { deadLetters, project, tables, codec, reporter } = fixture()
  const requested = { id: 'task-1', read: 'magento.orders.all', trigger: 'cli', reason: null, backfill_from: null }
  await createRun(tables, { ...requested, requested_at: '2026-01-31T00:00:00.000Z' })
  await tables.update('sync_runs', { id: 'task-1' }, { set: { connections: ['a', 'b'] } })
  const originalValue = codec.encode('orders', orderChanged(orderOf([])))
  await project(deadLettered({ topic: 't.orders', stage: 'route-orders', connection: null, originalValue }))
  await deadLetters.retry('d-1', ask)
  expect(reporter.results.map(({ result }) => result.connection)).toEqual(['a', 'b'])
})

it('reads the bytes from the topic of dead letters when they were too large for the row', async () => {
  const { deadLetters, project, codec, keep, retried } = fixture()
  const letter = deadLettered({ originalValue: Buffer.alloc(300_000, 7) })
  await project(letter)
  await expect(deadLetters.retry('d-1', ask)).rejects.toMatchObject({ code: 'not_found' })
  const value = codec.encode('dead-letters', letter)
  keep({ topic: 'test', partition: 1, offset: 0n, timestamp: 1, key: null, value, headers: [] })
  await deadLetters.retry('d-1', ask)
  expect(retried()[0]?.value).toEqual(letter.originalValue)
})

it('refuses what is being retried until that has ended, or has taken too long', async () => {
  const { deadLetters, project, refused, clock, outcome, state } = fixture()
  await project(refused())
  await deadLetters.retry('d-1', ask)
  await expect(deadLetters.retry('d-1', ask)).rejects.toMatchObject({ code: 'state_conflict', field: 'id' })
  await expect(deadLetters.discard('d-1', { by: 'ann', reason: 'no' })).rejects.toThrow('being retried')
  await outcome(1, 'failed')
  expect((await deadLetters.retry('d-1', ask)).retry).toBe(2)
  clock.time += 15 * 60_000 + 1
  expect((await deadLetters.retry('d-1', ask)).retry).toBe(3)
  await outcome(3, 'resolved')
  expect(await state()).toBe('resolved')
  await expect(deadLetters.retry('d-1', ask)).rejects.toThrow('is resolved')
})

it('lets one of two who ask at once through', async () => {
  const { deadLetters, project, refused, retried } = fixture()
  await project(refused())
  const asked = await Promise.allSettled([deadLetters.retry('d-1', ask), deadLetters.retry('d-1', ask)])
  expect(asked.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(retried()).toHaveLength(1)
})

it('refuses a letter that was retried five times, unless it is forced with a reason', async () => {
  const { deadLetters, project, refused, outcome } = fixture()
  await project(refused())
  for (let retry = 1; retry <= 5; retry += 1) {
    await deadLetters.retry('d-1', ask)
    await outcome(retry, 'failed')
  }
  await expect(deadLetters.retry('d-1', ask)).rejects.toThrow('retried 5 times')
  await expect(deadLetters.retry('d-1', { ...ask, force: true })).rejects.toMatchObject({ field: 'reason' })
  expect((await deadLetters.retry('d-1', { ...ask, force: true, reason: 'mended' })).retry).toBe(6)
})

it('says how to read again what could not be read at its source', async () => {
  const { deadLetters, project, tables, retried } = fixture()
  const requested = { id: 'task-1', read: 'magento.orders.all', trigger: 'cli', reason: null, backfill_from: null }
  await createRun(tables, { ...requested, requested_at: '2026-01-31T00:00:00.000Z' })
  await tables.update('sync_runs', { id: 'task-1' }, { set: { window_from: '2026-01-30T00:00:00.000Z' } })
  const nowhere = { topic: '', partition: -1, offset: -1, stage: 'magento.orders.all', taskId: 'task-1' }
  await project(deadLettered(nowhere))
  const again = 'waldstream sync magento.orders.all --from 2026-01-30T00:00:00.000Z'
  await expect(deadLetters.retry('d-1', ask)).rejects.toThrow(again)
  expect(retried()).toEqual([])
  await deadLetters.discard('d-1', { by: 'ann', reason: 'read again' })
})

it('refuses what no topic of ours could take', async () => {
  const { deadLetters, project } = fixture()
  const letters = [
    deadLettered({ originalValue: null }),
    deadLettered({ deadLetterId: 'd-2', originalKey: null }),
    deadLettered({ deadLetterId: 'd-3', originalKey: Buffer.from([0xff, 0xfe]) }),
  ]
  await project(...letters)
  for (const { deadLetterId } of letters) {
    await expect(deadLetters.retry(deadLetterId, ask)).rejects.toMatchObject({ code: 'state_conflict' })
  }
})

it('goes on after a crash between the claim and the send', async () => {
  const { deadLetters, project, refused, producer, clock, state, retried } = fixture()
  await project(refused())
  producer.failNext('before')
  await expect(deadLetters.retry('d-1', ask)).rejects.toThrow('lost')
  expect([await state(), retried()]).toEqual(['retrying', []])
  clock.time += 16 * 60_000
  await deadLetters.retry('d-1', ask)
  expect(retried()).toHaveLength(1)
})

it('retries many at the rate that is asked for, and says which were left and why', async () => {
  const { deadLetters, project, refused, retried, waits } = fixture()
  const ids = ['d-1', 'd-2', 'd-3', 'd-4']
  await project(
    ...ids.map((deadLetterId, n) =>
      refused({ deadLetterId, firstAt: n, code: n === 3 ? 'unexpected' : 'target_rejected' }),
    ),
  )
  await project(refused({ deadLetterId: 'd-5', originalValue: null, firstAt: 9 }))
  const filter = { ...any, state: 'open', code: 'target_rejected', seen: 'all' } as const
  const request = { ...ask, rate: 4 }
  const dry = await deadLetters.retryMany({ filter, limit: 100, dryRun: true }, request)
  expect([dry.done, retried()]).toEqual([['d-5', 'd-3', 'd-2', 'd-1'], []])
  const done = await deadLetters.retryMany({ filter, limit: 3, dryRun: false }, request)
  expect(done).toMatchObject({ done: ['d-3', 'd-2'], skipped: [{ id: 'd-5', code: 'state_conflict' }], more: true })
  expect([retried().length, waits]).toEqual([2, [250, 500]])
  const rest = await deadLetters.retryMany({ filter, limit: 3, dryRun: false }, request)
  expect(rest).toMatchObject({ done: ['d-1'], skipped: [{ id: 'd-5' }], more: false })
})

it('discards for a reason, which both histories show', async () => {
  const { deadLetters, project, refused, deliver, tables, reporter, state } = fixture()
  await project(refused())
  await expect(deadLetters.discard('d-1', { by: 'ann', reason: ' ' })).rejects.toMatchObject({ field: 'reason' })
  await deadLetters.discard('d-1', { by: 'ann', reason: 'a test order' })
  expect(await state()).toBe('discarded')
  await deliver()
  const last = { what: 'discarded', by: 'ann', reason: 'a test order' }
  expect((await getDeadLetter(tables, 'd-1'))?.history.at(-1)).toMatchObject(last)
  expect(reporter.results.map(({ result }) => [result.status, result.message])).toEqual([
    ['canceled', 'discarded by ann: a test order'],
  ])
  await expect(deadLetters.discard('d-1', { by: 'ann', reason: 'no' })).rejects.toMatchObject({
    code: 'state_conflict',
  })
  await expect(deadLetters.retry('d-1', ask)).rejects.toThrow('was discarded')
  await deadLetters.retry('d-1', { ...ask, force: true, reason: 'wanted after all' })
  expect(await state()).toBe('retrying')
})

it.each(['before', 'after'] as const)(
  'completes a discard whose announcement was lost %s the append, when it is repeated',
  async (lost) => {
    const { deadLetters, project, refused, deliver, producer, reporter, tables, clock, state } = fixture()
    await project(refused())
    producer.failNext(lost)
    await expect(deadLetters.discard('d-1', { by: 'ann', reason: 'a test order' })).rejects.toThrow('lost')
    // The announcement comes last: where it is known, everything else is acknowledged.
    expect([await state(), reporter.results.map(({ result }) => result.status)]).toEqual(['discarded', ['canceled']])
    clock.time += 60_000
    await deadLetters.discard('d-1', { by: 'ann', reason: 'a test order' })
    await deliver()
    const row = await getDeadLetter(tables, 'd-1')
    expect(row?.history.map(({ what, at }) => [what, at])).toEqual([
      ['failed', '1970-01-01T00:00:03.000Z'],
      ['discarded', '2026-01-31T00:00:00.000Z'],
    ])
    const told = reporter.results.map(({ result }) => [result.status, result.message])
    expect(told).toEqual(Array(2).fill(['canceled', 'discarded by ann: a test order']))
    const filter = { ...any, state: 'discarded', seen: 'all' } as const
    expect((await listDeadLetters(tables, filter, 10, null)).rows).toMatchObject([{ id: 'd-1' }])
    await expect(deadLetters.discard('d-1', { by: 'ann', reason: 'no' })).rejects.toThrow("can't be discarded")
  },
)

it('discards a letter whose bytes are in no topic any more', async () => {
  const { deadLetters, project, deliver, reporter, state } = fixture()
  await project(deadLettered({ originalValue: Buffer.alloc(300_000, 7) }))
  await deadLetters.discard('d-1', { by: 'ann', reason: 'nobody can read it' })
  await deliver()
  expect([await state(), reporter.results]).toEqual(['discarded', []])
})

it('opens a letter with its event, or says why it has none', async () => {
  const { deadLetters, project, refused, tables } = fixture()
  await project(refused(), deadLettered({ deadLetterId: 'd-2' }))
  const open = async (id: string) => {
    const row = await getDeadLetter(tables, id)
    if (row === undefined) throw new Error('the letter is there')
    return await deadLetters.open(row, true)
  }
  const { event, undecodable } = await open('d-1')
  expect(event).toMatchObject({ connection: 'c1', data: { lines: [{ sku: 'A-1', unitPrice: '10', rowTotal: '10' }] } })
  expect(undecodable).toBeNull()
  const broken = await open('d-2')
  expect([broken.event, broken.original.value]).toEqual([null, Buffer.from([0, 255, 1])])
  expect(broken.undecodable).toMatchObject({ code: expect.any(String) })
})
