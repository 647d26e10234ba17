import { describe, expect, it } from 'vitest'
import { requireSku, skuKey, skuOf } from '../../../../src/systems/kit/sku.ts'

describe('a SKU', () => {
  it.each([
    ['A1 ', 'A1'],
    ['\t A1\r\n', 'A1'],
    ['\u00a0A1\u200b', 'A1'],
    ['\ufeffA1', 'A1'],
    ['A 1', 'A 1'],
    [42, '42'],
    ['  ', null],
    ['\u200b', null],
    [null, null],
  ])('%j is %j', (given, expected) => {
    expect([skuKey(given), skuOf({ sku: given }, 'sku')]).toEqual([expected, expected])
  })

  it.each(['A\t1', 'A\u0000', 'A\n1', 'A\u20281'])('with a control character is refused: %j', (sku) => {
    expect(() => requireSku({ sku }, 'sku', 'items[0].')).toThrow(
      expect.objectContaining({ code: 'source_data_invalid', field: 'items[0].sku' }),
    )
    expect(skuKey(sku)).toBe(sku)
  })

  it('is missing where there are blanks alone', () => {
    expect(() => requireSku({ sku: ' ' }, 'sku')).toThrow(
      expect.objectContaining({ code: 'value_missing', field: 'sku' }),
    )
  })

  it('of a million blanks takes no time to speak of', () => {
    expect(skuKey(`A${' '.repeat(1_000_000)}B`)).toHaveLength(1_000_002)
  })
})
