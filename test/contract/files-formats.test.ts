// Stock files in other formats than CSV: the rules of files hold for each.

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { text8 } from '../../src/events/decimal.ts'
import { filesWorld } from '../worlds/files-world.ts'
import { workbookFile, zipOf } from '../worlds/workbook-file.ts'

const MORNING = 1_780_000_000

async function levels(world: ReturnType<typeof filesWorld<'inventory'>>) {
  const events = await world.events()
  return Object.fromEntries(
    events.map(({ key, data }) => [key, data.locations.map((at) => text8(at.available)).join()]),
  )
}

describe('a stock file in JSON', () => {
  const settings = {
    'inventory.format': 'json',
    'inventory.rows': 'items',
    'inventory.columns.quantity': 'stock.free',
    'inventory.decimal': ',',
    'inventory.thousands': '.',
  }
  const fileOf = (items: readonly object[]) => JSON.stringify({ vendor: 'acme', items })
  const ALL = ['0012', 'B-1', 'C-1', 'D-1', 'E-1'].map((sku, index) => ({ sku, stock: { free: index } }))

  it('is read in pages, and its numbers have no signs that settings name', async () => {
    const world = filesWorld('inventory', { settings })
    world.put(
      'stock.json',
      fileOf([...ALL, { sku: 'F-1', stock: { free: 1.234 } }, { sku: 'G-1', stock: { free: '1.234' } }]),
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 7, unreadable: 0 })
    expect(await levels(world)).toMatchObject({ '0012': '0', 'E-1': '4', 'F-1': '1.234', 'G-1': '1234' })
  })

  it('has the quantities that the settings declare for its numbers, and no number with an exponent as a SKU', async () => {
    const world = filesWorld('inventory', { settings: { ...settings, 'inventory.quantities': { 9999: 0 } } })
    const items = ['0012', 'B-1', 'C-1', 'D-1', 'E-1', 'F-1'].map((sku) => ({ sku, stock: { free: 9999 } }))
    world.put('stock.json', `{"items":[${JSON.stringify(items).slice(1, -1)},{"sku":1.2345678E7,"stock":{"free":1}}]}`)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 6, unreadable: 1 })
    expect(await levels(world)).toMatchObject({ '0012': '0', 'F-1': '0' })
  })

  it('that is half or shrunk changes nothing; an odd row is a dead letter with its place', async () => {
    const world = filesWorld('inventory', { settings })
    world.put('stock.json', fileOf(ALL), MORNING)
    expect(await world.run()).toMatchObject({ published: 5 })
    const before = await world.events()
    world.put('stock.json', fileOf(ALL).slice(0, -4), MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    world.put('stock.json', fileOf(ALL.slice(1, 3)), MORNING + 120)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    expect(await world.events()).toEqual(before)
    world.put('stock.json', fileOf([...ALL.slice(0, 4), { sku: 'E-1', stock: { free: 'many' } }]), MORNING + 180)
    expect(await world.run()).toMatchObject({ unreadable: 1, unchanged: 4 })
    const [letter] = await world.deadLetters()
    expect(letter?.message).toContain('stock.json, row 5, column stock.free: "many" is not a number')
  })
})

describe('a stock file in JSON Lines', () => {
  it('may be gzipped, and a SKU may be a long number', async () => {
    const world = filesWorld('inventory', {
      settings: { 'inventory.format': 'jsonl', 'inventory.files': '*.jsonl.gz' },
    })
    const lines = ['{"sku":12345678901234567890,"quantity":3}', '{"sku":"007","quantity":"4"}']
    world.put('stock.jsonl.gz', gzipSync(`${lines.join('\n')}\n`))
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await levels(world)).toEqual({ '007': '4', '12345678901234567890': '3' })
  })
})

describe('a stock file that is a workbook', () => {
  const settings = { 'inventory.format': 'xlsx', 'inventory.quantities': { 'In Stock': 5 } }
  const HEAD = ['SKU', 'Quantity']

  it('is read once, in pages, and the next one publishes changes only', async () => {
    const world = filesWorld('inventory', { settings })
    world.put('stock.xlsx', await workbookFile([HEAD, ['007', 3], ['B', 'In Stock'], ['C', 1.5], ['D', 0]]), MORNING)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 4, unreadable: 0 })
    expect(await levels(world)).toEqual({ '007': '3', B: '5', C: '1.5', D: '0' })
    world.put('stock.xlsx', await workbookFile([HEAD, ['007', 3], ['B', 4], ['C', 1.5], ['D', 0]]), MORNING + 60)
    expect(await world.run()).toMatchObject({ published: 1, unchanged: 3 })
  })

  it('with an error in a cell has a dead letter that names the cell; an error elsewhere does not matter', async () => {
    const world = filesWorld('inventory', { settings: { ...settings, 'inventory.mostOddPercent': 50 } })
    const failed = { attributes: 't="e"', content: '<f>VLOOKUP(A2,B:B,1)</f><v>#N/A</v>' }
    world.put(
      'stock.xlsx',
      await workbookFile([
        [...HEAD, 'Note'],
        ['A', failed, ''],
        ['B', 2, failed],
      ]),
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unreadable: 1 })
    const [letter] = await world.deadLetters()
    expect(letter?.message).toContain('stock.xlsx, row 2, column quantity (cell B2): it has the error #N/A; correct it')
  })

  it('whose SKUs are numbers is refused, until the settings accept them', async () => {
    const file = await workbookFile([HEAD, [12, 3], ['B', 4]])
    const world = filesWorld('inventory', { settings })
    world.put('stock.xlsx', file)
    const run = await world.run()
    expect(run).toMatchObject({ state: 'failed', published: 0 })
    expect(run.error?.message).toMatch(
      /row 2, column sku: cell A2 is a number \(12\), and may have lost leading zeros; .*settings.inventory.numericKeys/,
    )
    const accepting = filesWorld('inventory', { settings: { ...settings, 'inventory.numericKeys': 'accepted' } })
    accepting.put('stock.xlsx', file)
    expect(await accepting.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await levels(accepting)).toEqual({ '12': '3', B: '4' })
  })

  it('that is half, or no workbook, changes nothing', async () => {
    const world = filesWorld('inventory', { settings })
    const file = await workbookFile([HEAD, ['A', 1]])
    for (const [at, content] of [file.subarray(0, -30), await zipOf({ 'a.txt': 'x' }), 'sku,quantity\n'].entries()) {
      world.put('stock.xlsx', content, MORNING + at)
      expect(await world.run()).toMatchObject({ state: 'failed', published: 0, error: { code: 'source_data_invalid' } })
    }
  })
})

describe('a stock file in XML', () => {
  it('is read in its declared encoding, with attributes; what is cut short changes nothing', async () => {
    const settings = {
      'inventory.format': 'xml',
      'inventory.rows': 'stock.items.item',
      'inventory.columns.sku': '@id',
      'inventory.columns.quantity': 'Qty',
    }
    const world = filesWorld('inventory', { settings })
    const fileOf = (items: string) =>
      Buffer.from(
        `<?xml version="1.0" encoding="windows-1252"?>
<stock date="2026-11-30"><items>${items}</items></stock>`,
        'latin1',
      )
    world.put(
      'stock.xml',
      fileOf('<item id="Ä-1"><Qty unit="pcs">3</Qty></item><item id="007"><Qty>4</Qty></item>'),
      MORNING,
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 0 })
    expect(await levels(world)).toEqual({ 'Ä-1': '3', '007': '4' })
    world.put('stock.xml', fileOf('<item id="007"><Qty>5</Qty></item>').subarray(0, -3), MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0, error: { code: 'source_data_invalid' } })
  })
})

describe('a stock file of fixed width', () => {
  it('is read by the places of its columns; a row with a wrong quantity is a dead letter', async () => {
    const settings = {
      'inventory.format': 'fixed',
      'inventory.fields': 'sku=1+6,quantity=7+4',
      'inventory.mostOddPercent': 40,
    }
    const world = filesWorld('inventory', { settings })
    world.put('stock.txt', '007      5\nB     none\nC       12\n')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 1 })
    expect(await levels(world)).toEqual({ '007': '5', C: '12' })
    const [letter] = await world.deadLetters()
    expect(letter?.message).toContain('stock.txt, line 2, column quantity: "none" is not a number')
  })
})

describe('a stock file in a ZIP archive', () => {
  it('is read once, and changes nothing when it is half', async () => {
    const world = filesWorld('inventory', { settings: { 'inventory.files': '*.zip', 'inventory.zipped': 'stock*' } })
    const zip = await zipOf({ 'readme.txt': 'hello', 'stock.csv': 'sku,quantity\n007,5\nB,6\n' })
    world.put('stock.zip', zip.subarray(0, -10), MORNING)
    expect(await world.run()).toMatchObject({ state: 'failed', published: 0 })
    world.put('stock.zip', zip, MORNING + 60)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2 })
    expect(await levels(world)).toEqual({ '007': '5', B: '6' })
    expect(await world.run()).toMatchObject({ state: 'ended', read_count: 0 })
  })
})

describe('other files that are workbooks', () => {
  it('have tracking numbers that no spreadsheet has cut off, also if shipments have a number of their own', async () => {
    const settings = {
      'fulfilments.format': 'xlsx',
      'fulfilments.columns.shipment': 'delivery',
      'fulfilments.mostOddPercent': 50,
    }
    const world = filesWorld('fulfilments', { settings })
    const head = ['reference', 'sku', 'quantity', 'tracking', 'delivery']
    const cut = { attributes: '', content: '<v>9.2748999999999996E+19</v>' }
    world.put(
      'sent.xlsx',
      await workbookFile([head, ['R1', 'A', 1, '92748999999999960001', 'D1'], ['R2', 'A', 1, cut, 'D2']]),
    )
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unreadable: 1 })
    const [letter] = await world.deadLetters()
    expect(letter?.message).toContain(
      'sent.xlsx, row 3, column tracking: cell D3 is a number (92749000000000000000) whose last',
    )
  })

  it('have days as days, whatever form of dates the settings name', async () => {
    const settings = {
      'prices.format': 'xlsx',
      'prices.columns.valid_from': 'from',
      'prices.currency': 'EUR',
      'prices.dates': 'dd.MM.yyyy',
      'prices.decimal': ',',
    }
    const world = filesWorld('prices', { settings, zone: 'UTC' })
    const day = { attributes: 's="1"', content: '<v>46356</v>' }
    const rows = [
      ['sku', 'price', 'from'],
      ['A', 19.99, day],
      ['B', '5,5', '30.11.2026'],
    ]
    world.put('prices.xlsx', await workbookFile(rows, { formats: ['m/d/yy'] }))
    expect(await world.run()).toMatchObject({ state: 'ended', published: 2, unreadable: 0 })
    const found = (await world.events()).map(({ data }) => data.levels[0])
    expect(found.map((level) => [level?.price && text8(level.price), level?.validFrom])).toEqual([
      ['19.99', Date.UTC(2026, 10, 30)],
      ['5.5', Date.UTC(2026, 10, 30)],
    ])
  })
})
