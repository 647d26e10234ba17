// What the file of an order says is what its reader finds, in every format, whatever is in the order.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decimal8, text8 } from '../../../src/events/decimal.ts'
import { orderFile } from '../../../src/systems/files/order-file.ts'
import { type OrderFormat, orderFormats } from '../../../src/systems/files/order-format.ts'
import type { FormatValues } from '../../../src/systems/files/row-format.ts'
import { settings as declared, ordersOf } from '../../../src/systems/files/settings.ts'
import { lineOf, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { rowsOfFile } from '../../worlds/file-rows.ts'
import { valuesOf } from '../../worlds/settings.ts'

const COLUMNS = ['po=reference', 'sku=sku', 'name=name', 'qty=quantity']
const PLACES = { po: '1+20', sku: '21+30', name: '51+60', qty: '111+20 right' }

/** Letters, signs of all formats, and characters that some of them can't have. */
const text = fc.string({ unit: fc.constantFrom(...'aB0é€𝒳&<>"\';,|\t\n\u0001\u2028 ]'), maxLength: 20 })
const line = fc.record({
  sku: text.map((sku) => `0${sku.trim()}`),
  name: text,
  quantity: fc.integer({ min: 1, max: 9_999 }),
})

/** As its reader is configured for the same file. */
const readers: Readonly<Record<OrderFormat, Partial<FormatValues>>> = {
  csv: { format: 'csv' },
  json: { format: 'json', rows: 'lines' },
  jsonl: { format: 'jsonl' },
  xml: { format: 'xml', rows: 'order.lines.line' },
  fixed: {
    format: 'fixed',
    fields: new Map([
      ['po', { from: 0, length: 20 }],
      ['sku', { from: 20, length: 30 }],
      ['name', { from: 50, length: 60 }],
      ['qty', { from: 110, length: 20 }],
    ]),
  },
}

const KEPT = (one: string) => one
/** Line breaks are blanks where few programs read them; other characters stay where the format can have them. */
const asWritten: Readonly<Record<OrderFormat, (one: string) => string>> = {
  csv: (one) => one.replaceAll(/\s*[\r\n]+\s*/g, ' '),
  json: KEPT,
  jsonl: KEPT,
  xml: (one) => asWritten.csv(one).replaceAll(/\p{Cc}/gu, ' '),
  fixed: (one) => asWritten.xml(one).trim(),
}

it.each(orderFormats)('%s', async (format) => {
  const columns = { 'orders.format': format, 'orders.columns': COLUMNS }
  const settings = ordersOf(valuesOf(declared, format === 'fixed' ? { ...columns, 'orders.places': PLACES } : columns))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async (lines) => {
      const own = lines.map(({ sku, name, quantity }, at) =>
        lineOf(String(at), sku, { name, quantityOrdered: decimal8(String(quantity), 'q') }),
      )
      const file = orderFile(vendorOrder('acme', '1001', orderOf(own)), 'acme-1001', settings)
      const found = await rowsOfFile(file ?? '', readers[format], ['sku', 'qty'])
      const said = asWritten[format]
      expect(found.map((row) => [row.cell('sku'), row.cell('name'), row.cell('qty'), row.odd])).toEqual(
        own.map((one) => [said(one.sku), said(one.name), text8(one.quantityOrdered), null]),
      )
    }),
  )
})
