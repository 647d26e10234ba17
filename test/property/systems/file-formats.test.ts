// The same rows in every format of files are read as the same rows.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowFormat } from '../../../src/systems/files/row-format.ts'
import { rowsOfFile } from '../../worlds/file-rows.ts'
import { workbookFile, zipOf } from '../../worlds/workbook-file.ts'

interface Row {
  readonly sku: string
  readonly qty: string
  readonly note: string
}

const NAMES = ['sku', 'qty', 'note'] as const
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).map((one) => one.replaceAll(/\p{C}/gu, '').trim())
const row: fc.Arbitrary<Row> = fc.record({
  sku: text.map((sku) => `0${sku}`),
  qty: fc.integer({ min: 0, max: 999_999 }).map(String),
  note: text,
})
const someRows = fc.array(row, { minLength: 1, maxLength: 5 })
/** Of a file that is cut. */
const shareOfBytes = fc.double({ min: 0, max: 1, noNaN: true })

const csvOf = (rows: readonly Row[]) =>
  [NAMES, ...rows.map((one) => NAMES.map((name) => one[name]))]
    .map((cells) => `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`)
    .join('')

const escaped = (cell: string) => cell.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const WIDTH = 60
const padded = (cell: string) => cell + ' '.repeat(WIDTH - Array.from(cell).length)
const fields = new Map(NAMES.map((name, at) => [name, { from: at * WIDTH, length: WIDTH }]))
const valuesOf = (format: string) => ({ format: format as RowFormat, ...(format === 'fixed' ? { fields } : {}) })

const writers: Readonly<Record<RowFormat, (rows: readonly Row[]) => string | Promise<Buffer>>> = {
  csv: csvOf,
  json: (rows) => JSON.stringify(rows.map((one) => ({ ...one, qty: Number(one.qty) }))),
  xml: (rows) =>
    `<?xml version="1.0"?><stock>${rows
      .map((one) => `<row>${NAMES.map((name) => `<${name}>${escaped(one[name])}</${name}>`).join('')}</row>`)
      .join('\n')}</stock>`,
  fixed: (rows) => rows.map((one) => `${padded(one.sku)}${padded(one.qty)}${padded(one.note)}\n`).join(''),
  xlsx: async (rows) => await workbookFile([NAMES, ...rows.map((one) => [one.sku, Number(one.qty), one.note || null])]),
  jsonl: (rows) => rows.map((one) => `${JSON.stringify(one)}\n`).join(''),
}

describe('the same rows', () => {
  it.each(Object.entries(writers))('are read from %s, whatever pieces it comes in', async (format, write) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 50 }),
        async (rows, size) => {
          const found = await rowsOfFile(await write(rows), valuesOf(format), NAMES, size)
          expect(found.map((one) => ({ ...one.all() }))).toEqual(rows)
          expect(found.map(({ odd }) => odd)).toEqual(rows.map(() => null))
        },
      ),
    )
  })

  it.each(Object.entries(writers))(
    'are read from %s in a ZIP archive, which is refused when it is cut',
    async (format, write) => {
      await fc.assert(
        fc.asyncProperty(someRows, shareOfBytes, async (rows, share) => {
          const zip = await zipOf({ 'new/stock.data': await write(rows), '__MACOSX/._stock.data': 'x' })
          const found = await rowsOfFile(zip, valuesOf(format), NAMES, 4096)
          expect(found.map((one) => ({ ...one.all() }))).toEqual(rows)
          const cut = zip.subarray(0, Math.floor((zip.length - 1) * share))
          await expect(rowsOfFile(cut, valuesOf(format), NAMES, 4096)).rejects.toMatchObject({
            code: 'source_data_invalid',
          })
        }),
        { numRuns: 30 },
      )
    },
  )

  it.each(Object.entries(writers))(
    'are never fewer than were written: %s that is cut anywhere is refused',
    async (format, write) => {
      await fc.assert(
        fc.asyncProperty(someRows, shareOfBytes, async (rows, share) => {
          const whole = Buffer.from(await write(rows))
          const cut = whole.subarray(0, Math.floor((whole.length - 1) * share))
          const found = await rowsOfFile(cut, valuesOf(format), NAMES, 4096).catch(() => null)
          // A file of lines that ends with a line looks whole: the guard against shrunk files is for that.
          const isWholeLines = ['csv', 'jsonl', 'fixed'].includes(format) && cut.at(-1) === 10
          expect(found === null || isWholeLines).toBe(true)
        }),
      )
    },
  )
})
