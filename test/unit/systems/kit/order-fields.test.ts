import { describe, expect, it } from 'vitest'
import { stringifyExact } from '../../../../src/platform/json.ts'
import { applyOrderFields, mappedValue } from '../../../../src/systems/kit/order-fields.ts'

const bodies = {
  order: { number: '1001', ship: { method: 'ups' }, lines: null },
  lines: [
    { lineId: '1', body: { sku: 'A', price: { amount: 10 } } },
    { lineId: '11', body: { sku: 'B' } },
  ],
}
const own = { own: ['number', 'lines', 'line.sku', 'line.price'], mappable: ['tax', 'line.tax', 'line.price.level'] }
const apply = (fields: Readonly<Record<string, string>>) => applyOrderFields(bodies, fields, own)

describe('fields of an order map', () => {
  it('go into the order, a name with dots into what is there', () => {
    expect(apply({ comment: '"hello"', 'ship.dock': '"7"', 'a.b.c': 'true' }).order).toEqual({
      number: '1001',
      ship: { method: 'ups', dock: '7' },
      lines: null,
      comment: 'hello',
      a: { b: { c: true } },
    })
  })

  it('of a line go into that line alone, also where the id of one begins with that of another', () => {
    expect(apply({ 'line.1.gift': '"first"', 'line.11.gift': '"eleventh"', 'line.11.bin.row': '"B"' }).lines).toEqual([
      { sku: 'A', price: { amount: 10 }, gift: 'first' },
      { sku: 'B', gift: 'eleventh', bin: { row: 'B' } },
    ])
  })

  // Shops that push name lines by their SKUs, and those may have dots.
  it('of a line whose id has dots are not taken for fields within one of another line', () => {
    const lines = ['A', 'A.1', 'A.1.x'].map((lineId) => ({ lineId, body: {} }))
    const fields = { 'line.A.1.gift': '"one"', 'line.A.gift': '"plain"', 'line.A.1.x.class.id': '"3"' }
    expect(applyOrderFields({ order: {}, lines }, fields, own).lines).toEqual([
      { gift: 'plain' },
      { gift: 'one' },
      { class: { id: '3' } },
    ])
  })

  it('of a line that the order does not have go nowhere', () => {
    const applied = apply({ 'line.2.gift': '"none"' })
    expect(applied).toEqual({ order: bodies.order, lines: bodies.lines.map(({ body }) => body) })
  })

  it('keep all digits of numbers', () => {
    expect(stringifyExact(apply({ weight: '12345678901234567890.1200' }).order)).toContain(
      '"weight":12345678901234567890.1200',
    )
  })

  it.each(['number', 'number.of', 'lines', 'lines.0', 'line.1.sku', 'line.1.price', 'line.11.price.amount'])(
    'are refused where the sink writes itself: %s',
    (name) => {
      const plain = name.replace(/^line\.\d+/, 'line')
      expect(() => apply({ comment: '"hello"', [name]: '0' })).toThrow(
        expect.objectContaining({ code: 'mapping_failed', field: `orderMap.fields.${plain}` }),
      )
      expect(() => apply({ [name]: '0' })).toThrow('is written by Waldstream itself; remove the rule')
    },
  )

  it('with a meaning of their own are left to the sink', () => {
    const fields = { tax: '"A"', 'line.1.tax': '"B"', 'line.1.price.level': '"5"' }
    expect(apply(fields)).toEqual(apply({}))
    expect(mappedValue(fields, 'tax')).toBe('A')
    expect(mappedValue(fields, 'tax', '1')).toBe('B')
    expect(mappedValue(fields, 'price.level', '1')).toBe('5')
    expect(mappedValue(fields, 'tax', '11')).toBeUndefined()
  })
})
