import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { forEachKey } from '../../../src/platform/bounded.ts'

const items = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat({ max: 5 }) }))

async function work(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await null
}

describe('forEachKey', () => {
  it('keeps the order of each key, never two of one key nor too many at once', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.integer({ min: 1, max: 5 }), async (given, concurrency) => {
        const numbered = given.map((item, index) => ({ ...item, index }))
        const open = new Set<string>()
        const done: typeof numbered = []
        let most = 0
        await forEachKey(
          numbered,
          ({ key }) => key,
          concurrency,
          async (item) => {
            expect(open.has(item.key)).toBe(false)
            open.add(item.key)
            most = Math.max(most, open.size)
            await work(item.turns)
            open.delete(item.key)
            done.push(item)
          },
        )
        expect(most).toBeLessThanOrEqual(concurrency)
        expect(done).toHaveLength(numbered.length)
        for (const [key, ofKey] of Map.groupBy(done, (item) => item.key)) {
          expect(ofKey).toEqual(numbered.filter((item) => item.key === key))
        }
      }),
    )
  })

  it('begins nothing after an error, and ends only when what was begun has ended', async () => {
    await fc.assert(
      fc.asyncProperty(items, fc.nat(), fc.integer({ min: 1, max: 4 }), async (given, nth, concurrency) => {
        fc.pre(given.length > 0)
        const bad = given[nth % given.length]
        const error = new Error('planted')
        let [failed, open] = [false, 0]
        const run = forEachKey(
          given,
          ({ key }) => key,
          concurrency,
          async (item) => {
            expect(failed, 'begun after the error').toBe(false)
            open += 1
            await work(item.turns)
            open -= 1
            if (item !== bad) return
            failed = true
            throw error
          },
        )
        await expect(run).rejects.toBe(error)
        expect(open).toBe(0)
      }),
    )
  })
})
