import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttributeRule } from '../../../src/configuration/model.ts'
import { toStreamError } from '../../../src/errors.ts'
import { hardStopOf } from '../../../src/platform/sandbox/hard-stop.ts'
import { closeExpressionThreads, createEvaluate, type Evaluate } from '../../../src/rules/mapping/evaluate.ts'
import { mapAttributes } from '../../../src/rules/mapping.ts'
import { ownsSku } from '../../../src/rules/ownership.ts'
import { ruleWith } from '../../data/configuration.ts'
import { hostileExpressions, hostileInput, hostilePatterns } from '../../data/hostile-rules.ts'

/** Ten times what is aimed at: the machine may be busy. What is hostile takes seconds, or for ever. */
const LONGEST_MS = 1_000

const rule = (more: Partial<AttributeRule>): AttributeRule => ruleWith('a', more)
const honestRules = [rule({ expression: 'sku & "-" & $multiply(price, "2")' })]

const honest = (evaluate: Evaluate) =>
  Promise.all(
    Array.from({ length: 20 }, async (_, index) =>
      mapAttributes(honestRules, { sku: `S${index}`, price: '1.5' }, { connection: 'honest', evaluate }),
    ),
  )
const mapped = Array.from({ length: 20 }, (_, index) => ({ a: `S${index}-3` }))

describe('beside an honest connection', () => {
  let delay: ReturnType<typeof monitorEventLoopDelay>
  beforeAll(() => {
    delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
  })
  afterAll(async () => {
    delay.disable()
    await closeExpressionThreads()
  })

  it.each(hostileExpressions)('$what is mapped or fails, and holds up nothing', async ({ expression }) => {
    const evaluate = createEvaluate()
    const own = (connection: string) => mapAttributes(honestRules, { sku: 'S', price: '1' }, { connection, evaluate })
    // Both have a thread that runs already.
    await Promise.all([own('honest'), own('hostile')])
    delay.reset()
    const ends: string[] = []
    const hostile = mapAttributes([rule({ expression })], hostileInput, { connection: 'hostile', evaluate })
    const ended = Promise.resolve(hostile)
      .catch(toStreamError)
      .finally(() => ends.push('hostile'))
    expect(await honest(evaluate)).toEqual(mapped)
    ends.push('honest')
    const end = await ended
    if ('code' in end && end instanceof Error) {
      expect(end.code).toBe('mapping_failed')
      expect(end.message).toContain('attribute a (from expression ')
      if (hardStopOf(end) === 'time') expect(ends).toEqual(['honest', 'hostile'])
    }
    expect(delay.max / 1e6).toBeLessThan(LONGEST_MS)
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it.each(hostilePatterns)('$what is matched in linear time, or refused with the reason', async ({ pattern, text }) => {
    const startedAt = performance.now()
    const tries = [
      () => mapAttributes([rule({ from: 'text', schema: { pattern } })], { text }),
      () => ownsSku({ ownership: { skuPattern: pattern } }, text),
    ]
    for (const one of tries) {
      try {
        await one()
      } catch (error) {
        expect(toStreamError(error).message).toMatch(/must match|linear time|accepts at most/)
      }
    }
    expect(performance.now() - startedAt).toBeLessThan(LONGEST_MS)
  })
})
