import { expect, it } from 'vitest'
import { rowsOf } from '../../../src/platform/dynamodb/rows.ts'
import { figuresRows } from '../../../src/projections/figures.ts'
import { addHistograms, emptyHistogram, quantileOf, withDuration } from '../../../src/projections/histogram.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const AT = Date.UTC(2026, 0, 31, 8, 2)
const seconds = (count: number) => AT - count * 1000

function world() {
  const tables = memoryTables(projectionTables)
  const stage = stagedStage({ tables, settleMs: 0 })
  return {
    tables,
    handle: (batch: Parameters<typeof stage.handle>[0], partition = 0) =>
      stage.handle(batch, batchContext(partition).context),
    rows: () => rowsOf(tables, figuresRows).query({ partition: 'c1' }),
  }
}

const done = (over: object = {}) =>
  entityResult({ status: 'succeeded', occurredAt: seconds(100), readAt: seconds(40), ...over })

/** A report at an offset. */
const report = (offset: number, results: readonly ReturnType<typeof entityResult>[], at = AT) => {
  const { record, event } = statusRecord('deliver-erp', at, results)
  return { record: { ...record, offset: BigInt(offset) }, event }
}

it('counts what was delivered and failed, by five minutes of when it was reported', async () => {
  const { handle, rows } = world()
  await handle([
    report(1, [done(), done({ entity: 'inventory', key: 'A-1' }), entityResult({ status: 'processing' })]),
    report(2, [entityResult({ status: 'failed', code: 'target_rejected' })], AT + 300_000),
  ])
  const [first, second, ...others] = await rows()
  expect(first).toMatchObject({ from: '2026-01-31T08:00:00.000Z', done: { orders: 1, inventory: 1 }, failed: {} })
  expect(second).toMatchObject({ from: '2026-01-31T08:05:00.000Z', done: {}, failed: { target_rejected: 1 } })
  expect(others).toEqual([])
  expect(first?.end_to_end).toEqual(withDuration(withDuration(emptyHistogram, 100_000), 100_000))
  expect(first?.freshness).toEqual(withDuration(withDuration(emptyHistogram, 60_000), 60_000))
})

it('keeps the times of each entity apart, too', async () => {
  const { handle, rows } = world()
  const slow = { entity: 'products', key: 'A-1', occurredAt: seconds(1_000), readAt: seconds(900) }
  await handle([report(1, [done(), done(slow)])])
  const [row] = await rows()
  const times = (whole: number, read: number) => ({
    end_to_end: withDuration(emptyHistogram, whole * 1000),
    freshness: withDuration(emptyHistogram, read * 1000),
  })
  expect(row?.times).toEqual({ orders: times(100, 60), products: times(1_000, 100) })
})

it('goes on with a row that was begun before the times of entities were kept', async () => {
  const { handle, rows, tables } = world()
  await handle([report(1, [done()])])
  const [before] = (await Array.fromAsync(tables.scan('figures'))).flat()
  const { times: _times, ...older } = before ?? {}
  await tables.put('figures', older)
  await handle([report(2, [done()])])
  const [row] = await rows()
  expect(row?.done).toEqual({ orders: 2 })
  expect(row?.times['orders']?.end_to_end).toEqual(withDuration(emptyHistogram, 100_000))
})

it('counts each record once, however often and in whatever parts it is handed over', async () => {
  const { handle, rows } = world()
  const [one, two, three] = [report(1, [done()]), report(2, [done()]), report(3, [done()])]
  await handle([one, two])
  await handle([one, two])
  await handle([two, three])
  await handle([one], 5)
  const [row] = await rows()
  // Offset 1 of another partition is another record.
  expect([row?.done, row?.offsets]).toEqual([{ orders: 4 }, { 0: 3, 5: 1 }])
})

it('leaves out of the times what was old when it was read, and what has no time at its source', async () => {
  const { handle, rows } = world()
  await handle([report(1, [done({ occurredAt: seconds(200_000) }), done({ occurredAt: null })])])
  const [row] = await rows()
  expect(row?.done).toEqual({ orders: 2 })
  expect(row?.end_to_end).toEqual(withDuration(emptyHistogram, 40_000))
  expect(row?.freshness).toEqual(emptyHistogram)
})

it('rows of several partitions meet: none is lost', async () => {
  const { handle, rows } = world()
  await Promise.all(Array.from({ length: 8 }, (_, partition) => handle([report(1, [done()])], partition)))
  expect((await rows())[0]?.done).toEqual({ orders: 8 })
})

it('quantiles lie between the bounds around them, and histograms add up', () => {
  const of = (...all: readonly number[]) =>
    all.reduce((histogram, second) => withDuration(histogram, second * 1000), emptyHistogram)
  expect(quantileOf(emptyHistogram, 0.5)).toBeNull()
  expect(quantileOf(of(7, 7, 7, 7), 0.5)).toBe(7.5)
  expect(quantileOf(addHistograms([of(1, 1, 1), of(40)]), 0.5)).toBeCloseTo(2 / 3)
  expect(quantileOf(of(1, 1, 1, 1, 1, 1, 1, 1, 1, 40), 0.95)).toBe(45)
  // Clocks differ; a duration without a bound counts as the last.
  expect(quantileOf(of(-5), 1)).toBe(1)
  expect(quantileOf(of(1_000_000), 0.95)).toBe(86_400)
})
