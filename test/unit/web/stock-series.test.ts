import { expect, it } from 'vitest'
import type { RowChange } from '../../../web/src/api/answers.ts'
import { historyItems } from '../../../web/src/pages/products/history-items.ts'
import { stockSeries } from '../../../web/src/pages/products/stock-series.ts'

const changeAt = (
  seconds: number,
  levels: Readonly<Record<string, string>>,
  over: Partial<RowChange> = {},
): RowChange => ({
  feed: 'inventory',
  source: 'erp',
  at: new Date(seconds * 1000).toISOString(),
  occurred_at: null,
  read_at: new Date(seconds * 1000).toISOString(),
  task: null,
  event_id: `e${seconds}`,
  mapping_revision: 1,
  partition: 0,
  offset: String(seconds),
  first: false,
  deleted: false,
  data: {
    total: String(Object.values(levels).reduce((sum, level) => sum + Number(level), 0)),
    locations: Object.entries(levels).map(([location, available]) => ({ location, on_hand: available, available })),
  },
  changes: [{ field: 'total', before: '0', after: '1' }],
  ...over,
})
const window = { from: 100_000, to: 200_000, total: 'in all' }

it('begins with what the change before made it, and ends now', () => {
  const { times, lines } = stockSeries(
    [
      changeAt(150, { main: '3' }),
      changeAt(120, { main: '0' }),
      changeAt(90, { main: '7' }),
      changeAt(40, { main: '9' }),
    ],
    window,
  )
  expect(times).toEqual([100, 120, 150, 200])
  expect(lines).toEqual([{ name: 'in all', color: '--part-1', values: [7, 0, 3, 3] }])
})

it('has a line for each of several locations, and for none before the first change that is known', () => {
  const { times, lines, others } = stockSeries(
    [
      changeAt(120, { a: '1', b: '8' }),
      changeAt(150, { a: '1', b: '2', c: '0.5', d: '0', e: '-1' }),
      changeAt(170, { a: '1' }, { deleted: true }),
    ],
    window,
  )
  expect(times).toEqual([100, 120, 150, 170, 200])
  expect(lines.map(({ name, values }) => [name, values])).toEqual([
    ['in all', [null, 9, 2.5, 0, 0]],
    ['b', [null, 8, 2, null, null]],
    ['a', [null, 1, 1, null, null]],
    ['c', [null, null, 0.5, null, null]],
    ['d', [null, null, 0, null, null]],
  ])
  expect(others).toBe(1)
})

it('stays as it was where nothing changed within the time, and shows nothing where nothing is known', () => {
  const still = stockSeries([changeAt(40, { main: '9' })], window)
  expect([still.times, still.lines[0]?.values]).toEqual([
    [100, 200],
    [9, 9],
  ])
  expect(stockSeries([], window).lines[0]?.values).toEqual([null])
})

it('pages of a history: what a later page completes is shown as it has it, and what was none is left out', () => {
  const open = changeAt(150, { main: '3' }, { changes: null })
  const none = changeAt(140, { main: '3' }, { changes: null })
  const older = changeAt(120, { main: '0' })
  const closed = { ...open, changes: older.changes }
  const pages = [{ items: [open, none] }, { items: [closed, { ...none, changes: [] }, older] }]
  expect(historyItems(pages.slice(0, 1))).toEqual([open, none])
  expect(historyItems(pages)).toEqual([closed, older])
})
