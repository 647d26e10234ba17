// The settings that are proposed from a file read the rows of it, whatever it is written in.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { proposalText } from '../../../src/cli/proposal-text.ts'
import { settingProblems } from '../../../src/systems/files/setting-problems.ts'
import { settings as declared, inventoryOf } from '../../../src/systems/files/settings.ts'
import { rowsOfFile } from '../../worlds/file-rows.ts'
import { certainOf, proposedFor } from '../../worlds/proposed-settings.ts'
import { valuesOf } from '../../worlds/settings.ts'
import { workbookFile, zipOf } from '../../worlds/workbook-file.ts'

interface Row {
  readonly sku: string
  readonly qty: string
  readonly note: string
}

const NAMES = ['Item No', 'Available', 'Note'] as const
const cellsOf = (row: Row): readonly [string, string, string] => [row.sku, row.qty, row.note]

/** Signs that delimit elsewhere, and letters that two encodings write differently. */
const note = fc.string({ unit: fc.constantFrom(...'abcXYZ019 ,;|\téüß"\'<&'), maxLength: 10 }).map((one) => one.trim())
const row: fc.Arbitrary<Row> = fc.record({
  sku: fc.string({ unit: fc.constantFrom(...'AB019-'), minLength: 1, maxLength: 8 }),
  qty: fc.nat({ max: 9_999 }).map(String),
  note,
})
const someRows = fc.array(row, { minLength: 2, maxLength: 12 })

interface Written {
  readonly name: string
  readonly content: string | Buffer | Promise<Buffer>
}

const quoted = (cell: string, quote: string) => quote + cell.replaceAll(quote, quote + quote) + quote
const csv =
  (delimiter: string, quote: string, encode: (text: string) => Buffer = Buffer.from) =>
  (rows: readonly Row[]): Written => ({
    name: 'stock.csv',
    content: encode(
      [NAMES, ...rows.map(cellsOf)]
        .map((cells) => `${cells.map((cell) => quoted(cell, quote)).join(delimiter)}\r\n`)
        .join(''),
    ),
  })
const objectOf = (one: Row) => Object.fromEntries(NAMES.map((name, at) => [name, cellsOf(one)[at] ?? '']))
const escaped = (cell: string) => cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const elements = ['item_no', 'available', 'note'] as const
const xml = (rows: readonly Row[]) =>
  `<?xml version="1.0"?><stock><date>2026-11-30</date><items>${rows
    .map(
      (one) =>
        `<item>${elements.map((name, at) => `<${name}>${escaped(cellsOf(one)[at] ?? '')}</${name}>`).join('')}</item>`,
    )
    .join('')}</items></stock>`

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const utf16 = (text: string) => Buffer.from(text, 'utf16le')
const marked = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text)])

const writers: Readonly<Record<string, (rows: readonly Row[]) => Written>> = {
  'csv with commas': csv(',', '"'),
  'csv with semicolons in Windows-1252': csv(';', '"', latin1),
  'csv with tabs in UTF-16': csv('\t', '"', utf16),
  'csv with bars in marked UTF-16': csv('|', '"', marked),
  'csv with single quotes': csv(';', "'"),
  json: (rows) => ({
    name: 'stock.json',
    content: JSON.stringify({ vendor: 'acme', tags: ['a'], data: { items: rows.map(objectOf) } }),
  }),
  'json that is a list': (rows) => ({ name: 'stock.json', content: JSON.stringify(rows.map(objectOf)) }),
  jsonl: (rows) => ({ name: 'stock.jsonl', content: rows.map((one) => `${JSON.stringify(objectOf(one))}\n`).join('') }),
  xml: (rows) => ({ name: 'stock.xml', content: xml(rows) }),
  xlsx: (rows) => ({
    name: 'stock.xlsx',
    content: workbookFile([NAMES, ...rows.map((one) => cellsOf(one).map((cell) => cell || null))]),
  }),
  'csv in an archive': (rows) => ({
    name: 'stock.zip',
    content: zipOf({ 'new/stock.csv': csv(';', '"')(rows).content as Buffer, 'new/readme.txt': 'hello' }),
  }),
}

it.each(Object.entries(writers))('%s', async (_, write) => {
  await fc.assert(
    fc.asyncProperty(someRows, async (rows) => {
      const { name, content } = write(rows)
      const bytes = await content
      const proposal = await proposedFor('inventory', { [name]: bytes })
      const { settings } = parse(proposalText([proposal])) as { settings: Record<string, unknown> }
      expect(settings).toEqual(certainOf(proposal))
      const values = valuesOf(declared, settings)
      expect(settingProblems(values, 'sftp://vendor.example/')).toEqual([])
      const stock = inventoryOf(values)
      expect(stock.files?.match(name)).not.toBeNull()
      const columns = [stock['columns.sku'], stock['columns.quantity']]
      const found = await rowsOfFile(bytes, stock, columns, 4096)
      const read = found.map((one) => ({
        sku: one.cell(columns[0] ?? ''),
        qty: one.cell(columns[1] ?? ''),
        note: one.cell('note'),
        odd: one.odd,
      }))
      expect(read).toEqual(rows.map((one) => ({ ...one, odd: null })))
    }),
    { numRuns: 30 },
  )
})
