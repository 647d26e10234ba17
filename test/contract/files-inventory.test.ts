// Stock files: what may go wrong with a file changes nothing, and is reported with file, line and column.

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { type FilesWorldOptions, filesWorld } from '../worlds/files-world.ts'
import { workbookFile } from '../worlds/workbook-file.ts'

const MORNING = 1_780_000_000
const stockOf = (rows: Readonly<Record<string, string | number>>) =>
  `sku,quantity\n${Object.entries(rows)
    .map(([sku, quantity]) => `${sku},${quantity}\n`)
    .join('')}`
const WORKBOOK = await workbookFile([['sku', 'quantity']])
const ALL = { '0012': 5, 'B-1': 7, 'C-1': 0, 'D-1': 1, 'E-1': 2 }

async function levels(world: ReturnType<typeof filesWorld<'inventory'>>) {
  const events = await world.events()
  return Object.fromEntries(
    events.map(({ key, data, deleted }) => [
      key,
      deleted
        ? 'deleted'
        : data.locations.map(({ location, available }) => `${location} ${text8(available)}`).join(', '),
    ]),
  )
}
const worldOf = (settings: Readonly<Record<string, unknown>> = {}, options: FilesWorldOptions = {}) =>
  filesWorld('inventory', { ...options, settings })

/** A world that has read `ALL`. */
async function begun(settings: Readonly<Record<string, unknown>> = {}, options: FilesWorldOptions = {}) {
  const world = worldOf(settings, options)
  world.put('stock.csv', stockOf(ALL), MORNING)
  expect(await world.run()).toMatchObject({ state: 'ended', published: 5, unreadable: 0 })
  return world
}

describe('a stock file', () => {
  it('is read once, with leading zeros; the next one publishes changes only', async () => {
    const world = await begun()
    expect((await levels(world))['0012']).toBe('default 5')
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    world.put('stock.csv', stockOf({ ...ALL, 'B-1': 6 }), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 4 })
    expect(await levels(world)).toMatchObject({ 'B-1': 'default 6' })
  })

  it('of many rows publishes as many events as rows have changed, in whatever order they come', async () => {
    const rows = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`SKU-${index}`, index]))
    const world = worldOf({}, { pageSize: 200 })
    world.put('stock.csv', stockOf(rows), MORNING)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1_000, keys: 1_000 })
    const changed = Object.keys(rows).filter((_, index) => index % 27 === 3)
    const next = Object.entries({ ...rows, ...Object.fromEntries(changed.map((sku) => [sku, 5_000])) }).toReversed()
    world.put('stock.csv', stockOf(Object.fromEntries(next)), MORNING + 60)
    expect(await world.run()).toMatchObject({
      published: changed.length,
      unchanged: 1_000 - changed.length,
      keys: 1_000,
    })
    const keys = (await world.events()).slice(1_000).map(({ key }) => key)
    expect(keys.toSorted()).toEqual(changed.toSorted())
  })

  it('of which several are refused is named with all of them', async () => {
    const world = await begun()
    world.put('stock-1.csv', '', MORNING + 60)
    world.put('stock-2.csv', 'sku,price\nA,1\n', MORNING + 90)
    const { error } = await world.run()
    expect(error?.message).toContain('stock-1.csv')
    expect(error?.message).toMatch(/Also refused, each for a reason of its own: stock-2\.csv$/)
  })

  it('that is only re-dated or sent again under another name is not read', async () => {
    const world = await begun()
    world.put('stock.csv', stockOf(ALL), MORNING + 60)
    world.put('stock (2).csv', stockOf(ALL), MORNING + 90)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    expect(world.list()).toEqual(['stock (2).csv', 'stock.csv'])
  })

  it('may be gzipped, in another encoding, with another delimiter and other columns', async () => {
    const settings = {
      'inventory.files': 'bestand-{yyyy}{MM}{dd}*',
      'inventory.encoding': 'windows-1252',
      'inventory.delimiter': ';',
      'inventory.columns.sku': 'Artikel',
      'inventory.columns.quantity': 'Verfügbar',
      'inventory.columns.on_hand': 'Bestand',
      'inventory.decimal': ',',
      'inventory.thousands': '.',
      'inventory.quantities': { 'auf Lager': 5, '10+': 10 },
    }
    const world = worldOf(settings)
    const text = 'Artikel;Bestand;Verfügbar\r\n007;1.200,5;auf Lager\r\nÄ-1;12;10+\r\n'
    world.put('bestand-20261130.csv.gz', gzipSync(Buffer.from(text, 'latin1')))
    expect(await world.run()).toMatchObject({ published: 2, unreadable: 0 })
    const [first] = await world.events()
    expect(first?.data.locations[0]).toMatchObject({ onHand: 120_050_000_000n, available: 500_000_000n })
    expect(await levels(world)).toEqual({ '007': 'default 5', 'Ä-1': 'default 10' })
    expect(first?.raw).toContain('"Verfügbar":"auf Lager"')
  })

  it('in UTF-16 is recognized by its mark', async () => {
    const world = worldOf()
    world.put('stock.csv', Buffer.from(`\ufeff${stockOf(ALL)}`, 'utf16le'))
    expect(await world.run()).toMatchObject({ published: 5 })
  })

  it('has a row for each location, anywhere in the file', async () => {
    const world = worldOf({ 'inventory.columns.location': 'warehouse' })
    world.put('stock.csv', 'sku,warehouse,quantity\nA,EAST,1\nB,EAST,2\nA,WEST,3\nC,EAST,1\nC,EAST,2\nD,,1\n')
    expect(await world.run()).toMatchObject({ published: 2, unreadable: 2 })
    expect(await levels(world)).toEqual({ A: 'EAST 1, WEST 3', B: 'EAST 2' })
    expect((await world.deadLetters()).map(({ message }) => message)).toEqual([
      expect.stringContaining('stock.csv, line 5: C has several rows for the location EAST'),
      expect.stringContaining('stock.csv, line 7, column warehouse: the location is empty'),
    ])
  })

  it('has a column for each location', async () => {
    const world = worldOf({ 'inventory.locations': { 'Stock East': 'EAST', 'Stock West': 'WEST' } })
    world.put('stock.csv', 'sku,Stock East,Stock West\nA,1,2\n')
    await world.run()
    expect(await levels(world)).toEqual({ A: 'EAST 1, WEST 2' })
  })

  it('reports a row that can not be read with file, line and column, and reads the others', async () => {
    const world = worldOf({ 'inventory.mostOddPercent': 60 })
    world.put('stock.csv', 'sku,quantity\nA,1\nB,some\n1.23E+11,4\nC\nD,2\nD,3\nE,\n,1\nF,1\nG,1\n')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 3 })
    expect(Object.keys(await levels(world))).toEqual(['A', 'F', 'G'])
    const said = (await world.deadLetters()).map(({ key, message }) => `${key}: ${message}`).join('\n')
    for (const part of [
      'stock.csv, line 3, column quantity: "some" is not a number',
      'stock.csv, line 4, column sku: 1.23E+11 is a number that a spreadsheet has shortened',
      'stock.csv, line 5 has 1 cells, but line 1 has 2',
      'D has several rows in the file stock.csv',
      'stock.csv, line 8, column quantity is empty',
      'stock.csv, line 9, column sku is missing',
    ]) {
      expect(said).toContain(part)
    }
  })
})

describe('a file that is wrong changes nothing', () => {
  it.each([
    ['empty', '', /stock.csv was cut short or is damaged: it is empty/],
    ['without rows', 'sku,quantity\n', /stock.csv has no rows; this is not accepted/],
    ['cut short', stockOf({ ...ALL, 'B-1': 100 }).slice(0, -1), /does not end with a line break/],
    ['of other columns', 'id,price\n1,2\n', /line 1 has no column sku, but "id", "price"/],
    [
      'in another encoding',
      Buffer.from(stockOf({ Ä: 1 }), 'latin1'),
      /not encoded as utf-8: set settings.inventory.encoding/,
    ],
    ['a spreadsheet', WORKBOOK, /it is an Excel workbook \(.xlsx\); set settings.inventory.format to its format/],
    ['a cut gzip', gzipSync(stockOf(ALL)).subarray(0, -9), /its gzip can't be unpacked/],
    ['shrunk', stockOf({ '0012': 5, 'B-1': 7, 'C-1': 0 }), /has 3 keys, but stock.csv had 5: more than 20 %/],
    [
      'of odd rows',
      stockOf({ ...ALL, 'B-1': 'x', 'C-1': 'y' }),
      /2 of 5 rows of the file stock.csv can't be read, more than 20 %/,
    ],
  ])('%s', async (_, content, message) => {
    const world = await begun()
    const before = await world.events()
    world.put('stock.csv', content, MORNING + 60)
    const run = await world.run()
    expect(run).toMatchObject({ state: 'failed', published: 0, error: { message: expect.stringMatching(message) } })
    expect(await world.events()).toEqual(before)
    // A good one that follows is read.
    world.put('stock.csv', stockOf({ ...ALL, 'B-1': 6 }), MORNING + 120)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
  })

  it('older than the last, by date or time: it is reported once', async () => {
    const world = await begun()
    world.put('late.csv', stockOf({ ...ALL, 'B-1': 100 }), MORNING - 60)
    await world.run()
    await world.run()
    expect(await levels(world)).toMatchObject({ 'B-1': 'default 7' })
    expect((await world.deadLetters()).map(({ message }) => message)).toEqual([
      'the file late.csv is older than stock.csv, which was read before it: nothing of it was taken',
    ])
  })

  it('while it grows: it waits for the next run', async () => {
    const growing = { grows: true }
    const world = worldOf(
      {},
      {
        betweenLooks: () => {
          if (growing.grows) world.put('stock.csv', stockOf({ A: 1, B: 2, C: 3 }), MORNING)
        },
      },
    )
    world.put('stock.csv', stockOf({ A: 1 }), MORNING)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    growing.grows = false
    expect(await world.run()).toMatchObject({ published: 3 })
  })

  it('until its marker is there', async () => {
    const world = worldOf({ 'inventory.complete': 'marker', 'inventory.files': '*', 'inventory.after': 'move' })
    world.put('stock.csv', stockOf(ALL))
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
    world.put('stock.csv.done', '')
    expect(await world.run()).toMatchObject({ published: 5 })
    expect(world.list()).toEqual(['read'])
  })
})

describe('a file that was read', () => {
  it('is moved, and one of the same name after it too', async () => {
    const world = await begun({ 'inventory.after': 'move' })
    expect(world.list()).toEqual(['read'])
    world.put('stock.csv', stockOf({ ...ALL, 'B-1': 6 }), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 1 })
    expect(world.list('read')).toHaveLength(2)
    expect(world.list('read')[0]).toMatch(/^[0-9a-f]{12}-stock.csv$/)
  })

  it('is deleted', async () => {
    const world = await begun({ 'inventory.after': 'delete' })
    expect(world.list()).toEqual([])
    expect(await world.run('sweep')).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('set settings.inventory.after to move or keep') },
    })
  })

  it('shows what is gone, within the guard, also after it was moved', async () => {
    const world = await begun({ 'inventory.after': 'move' })
    const { 'E-1': _, ...left } = ALL
    world.put('stock.csv', stockOf(left), MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'ended' })
    expect(await world.run('sweep')).toMatchObject({ state: 'ended', published: 1 })
    expect(await levels(world)).toMatchObject({ 'E-1': 'deleted', 'D-1': 'default 1' })
  })

  it('may be far smaller once a person has accepted it', async () => {
    const world = await begun()
    world.put('stock.csv', stockOf({ 'B-1': 1 }), MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' } })
    expect(await world.run('sweep-accepted')).toMatchObject({ state: 'ended', published: 4 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    expect(await levels(world)).toMatchObject({ 'B-1': 'default 1', '0012': 'deleted' })
  })
})

describe('files of changes', () => {
  const delta = { 'inventory.mode': 'delta', 'inventory.files': 'd-{yyyy}{MM}{dd}.csv' }

  it('are read in the order of their dates, and what they lack is not gone', async () => {
    const world = worldOf(delta)
    world.put('d-20261102.csv', stockOf({ A: 2 }), MORNING)
    world.put('d-20261101.csv', stockOf({ A: 1, B: 1 }), MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 3 })
    expect(await levels(world)).toEqual({ A: 'default 2', B: 'default 1' })
    const [first, , last] = await world.events()
    expect(last?.readAt).toBeGreaterThan(first?.readAt ?? 0)
    expect(await world.run('sweep')).toMatchObject({ state: 'failed', error: { code: 'configuration_invalid' } })
  })

  it('wait behind one that can not be read', async () => {
    const world = worldOf(delta)
    world.put('d-20261101.csv', 'sku,quantity\nA,1')
    world.put('d-20261102.csv', stockOf({ A: 2 }))
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    world.put('d-20261101.csv', stockOf({ A: 1, B: 1 }))
    expect(await world.run()).toMatchObject({ state: 'ended' })
    expect(await levels(world)).toEqual({ A: 'default 2', B: 'default 1' })
  })
})
