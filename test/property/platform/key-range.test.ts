import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createNames } from '../../../src/platform/dynamodb/expressions.ts'
import { compareKeys, compileRange } from '../../../src/platform/dynamodb/key-range.ts'

const key = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '|', '\u{1F600}'), minLength: 1, maxLength: 3 })
const bounds = fc.record({ after: key, from: key, to: key, before: key, beginsWith: key }, { requiredKeys: [] })

/** What DynamoDB makes of the expression. */
function lets(expression: string, values: Readonly<Record<string, unknown>>, sortKey: string): boolean {
  const value = (placeholder: string | undefined) => String(values[placeholder ?? ''])
  const between = /BETWEEN (:\d+) AND (:\d+)/.exec(expression)
  if (between !== null) {
    expect(compareKeys(value(between[1]), value(between[2])), 'DynamoDB refuses this').toBeLessThanOrEqual(0)
    return compareKeys(value(between[1]), sortKey) <= 0 && compareKeys(sortKey, value(between[2])) <= 0
  }
  const begins = /begins_with\(#1, (:\d+)\)/.exec(expression)
  if (begins !== null) return sortKey.startsWith(value(begins[1]))
  const one = /#1 ([<>]=?) (:\d+)/.exec(expression)
  if (one === null) return true
  const order = compareKeys(sortKey, value(one[2]))
  if (one[1] === '<') return order < 0
  if (one[1] === '<=') return order <= 0
  return one[1] === '>' ? order > 0 : order >= 0
}

describe('a key range', () => {
  it('lets exactly the keys within its bounds through', () => {
    fc.assert(
      fc.property(bounds, fc.array(key, { minLength: 1 }), (given, keys) => {
        const names = createNames()
        const range = compileRange({ partition: 'p', ...given }, { partition: 'pk', sort: 'sk' }, names)
        const values = names.placeholders().ExpressionAttributeValues ?? {}
        for (const one of [...keys, ...Object.values(given)]) {
          const wanted =
            (given.after === undefined || compareKeys(one, given.after) > 0) &&
            (given.from === undefined || compareKeys(one, given.from) >= 0) &&
            (given.to === undefined || compareKeys(one, given.to) <= 0) &&
            (given.before === undefined || compareKeys(one, given.before) < 0) &&
            (given.beginsWith === undefined || one.startsWith(given.beginsWith))
          const got =
            range.condition !== undefined && lets(range.condition, values, one) && (range.keeps?.(one) ?? true)
          expect(got, one).toBe(wanted)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
