import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import { parseExact } from '../../../src/platform/json.ts'
import { withoutPersonal } from '../../../src/platform/registry/personal-texts.ts'
import { withoutEnd } from '../../../src/platform/without-end.ts'
import { csvRecords } from '../../../src/systems/image-feed/csv.ts'
import { phoneText } from '../../../src/systems/kit/fit-text.ts'
import { orderChanged, orderOf } from '../../data/processor-events.ts'

/*
 * What shops and ERPs send is as long as they like. These took the square or the cube of its length where everything else
 * runs: a number of 100 kB in an answer kept the process silent for ten seconds, one of a megabyte for a quarter of an hour.
 */

const LONG = 1_000_000

it('a number in an answer', () => {
  const number = `1.${'0'.repeat(LONG)}1`
  expect(parseExact(`{"a":${number}}`)).toEqual({ a: number })
  expect(parseExact(`[1${'0'.repeat(300)}, 1.50, -0.0, 1e2, 12345678901234567890]`)).toEqual([
    1e300,
    1.5,
    -0,
    100,
    '12345678901234567890',
  ])
})

it('an amount, which is not repeated whole', () => {
  for (const text of ['9'.repeat(LONG), `1.${'0'.repeat(LONG)}1`, `${' '.repeat(LONG)}x`, `1.${'1'.repeat(900)}`]) {
    expect(() => decimal8(text, 'price')).toThrow(
      /^price: .{1,90}( is not a decimal number| has more than 8 decimals)$/,
    )
  }
})

it('a telephone number', () => {
  const [ones, exes] = ['1'.repeat(LONG), 'x'.repeat(LONG)]
  expect(phoneText(`${ones}${exes}${ones}y`, 20)).toBe('1'.repeat(20))
  expect(phoneText(`111111${','.repeat(LONG)}n`, 20)).toBe('111111')
  expect(phoneText('+49 (30) 123 456 789 ext. 55', 20)).toBe('+4930123456789x55')
})

it('a cell of a feed with line breaks, whose row still has its line', async () => {
  const text = `sku,url\n"A${'\n'.repeat(900_000)}x",u\n\nB,v\n`
  const dialect = { delimiter: ',', quote: '"', endsWithLineBreak: true }
  const rows = await Array.fromAsync(
    csvRecords(
      (async function* () {
        yield text
      })(),
      dialect,
      { needed: ['sku'], sku: ['sku'], url: ['url'], position: [] },
    ),
  )
  expect(rows.map(({ place }) => place)).toEqual(['line 2', 'line 900004'])
})

it('what a system quotes of a person', () => {
  const note = 'a '.repeat(LONG / 10)
  const order = orderChanged(orderOf([], { attributes: { customer_note: JSON.stringify(note) } }))
  const error = withoutPersonal('orders', order, new StreamError('target_rejected', `no: ${note}${note}`))
  expect(error.message).toMatch(/^no: (\[personal\] ?)+$/)
})

it('the end of a text is taken off without what stands before it', () => {
  expect([withoutEnd('10200', '0'), withoutEnd('000', '0'), withoutEnd('', '0')]).toEqual(['102', '', ''])
  expect(withoutEnd(`${'0'.repeat(LONG)}1`, '0')).toHaveLength(LONG + 1)
})
