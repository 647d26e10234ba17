/*
 * One pattern search is bounded, but an entity has many: 500 lines, 300 rules. And an SKU that was too long for one
 * connection's pattern failed the order for every connection.
 */
import { describe, expect, it } from 'vitest'
import { checkClaims } from '../../../src/configuration/check-ownership.ts'
import { routeOrders } from '../../../src/processors/route-orders.ts'
import { mapAttributes } from '../../../src/rules/mapping.ts'
import { ownedSkus } from '../../../src/rules/ownership.ts'
import { compilePattern, patternBudget } from '../../../src/rules/pattern.ts'
import { ruleWith } from '../../data/configuration.ts'
import { connectionOf, contextOf, lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'

/** As large as is accepted: a text of 250 characters uses up what one search may take. */
const LARGE = '(a|b)*a(a|b){490}$'
const LONG = 'ab'.repeat(120)

describe('a pattern', () => {
  it('uses up the budget of its connection, and then fails', () => {
    const budget = patternBudget()
    const pattern = compilePattern(LARGE)
    const search = () => pattern.test(LONG, budget)
    for (let times = 0; times < 4; times += 1) expect(search()).toBe(false)
    expect(search).toThrow(
      expect.objectContaining({ code: 'mapping_failed', message: expect.stringContaining('takes too long') }),
    )
  })

  it('of ownership fails for its connection alone, also where the SKU is too long for it', async () => {
    const many = Array.from({ length: 12 }, (_, index) => `${LONG}${index}`)
    for (const skus of [
      ['WLD-1', 'x'.repeat(2_000)],
      ['WLD-1', ...many],
    ]) {
      const { owns, faults } = await ownedSkus([connectionOf('honest', '^WLD-'), connectionOf('hostile', LARGE)], skus)
      expect([...faults.keys()]).toEqual(['hostile'])
      expect([owns('honest', 'WLD-1'), owns('honest', skus[1] ?? ''), owns('hostile', 'WLD-1')]).toEqual([
        true,
        false,
        undefined,
      ])
    }
  })

  it('of one connection leaves an order with others', async () => {
    const order = orderOf([lineOf('1', 'WLD-1'), lineOf('2', 'x'.repeat(2_000))])
    const context = contextOf(connectionOf('honest', '^WLD-'), connectionOf('hostile', LARGE))
    const { outputs, decisions } = await routeOrders.process(orderChanged(order), context, undefined)
    expect(outputs.map(({ key }) => key.split('|')[0])).toEqual(['honest'])
    expect(decisions.map(({ connection, status }) => [connection, status])).toEqual([
      ['honest', 'processing'],
      ['hostile', 'failed'],
    ])
  })

  it('of many rules has one budget for the entity', async () => {
    const rules = Array.from({ length: 20 }, (_, index) =>
      ruleWith(`a${index}`, { from: 'sku', schema: { pattern: `${LARGE.slice(0, -1)}|.` } }),
    )
    await expect(mapAttributes(rules, { sku: LONG })).rejects.toMatchObject({
      code: 'mapping_failed',
      message: expect.stringContaining('takes too long together with the matches before it'),
    })
  })

  it('has one budget for the lists that it is compared with when documents are checked', () => {
    const listed = Array.from({ length: 50_000 }, (_, index) => `${LONG}${index}`)
    const yaml = { placeOf: () => 'a', mistake: () => ({ file: '', line: 0, field: '', message: '' }) } as never
    const claimants = [
      { connection: { ...connectionOf('a', '.'), ownership: { skus: listed } }, yaml },
      { connection: connectionOf('b', LARGE), yaml },
    ]
    expect(checkClaims(claimants)).toEqual([])
  })
})
