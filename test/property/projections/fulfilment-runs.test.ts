import fc from 'fast-check'
import { expect, it } from 'vitest'
import { beginningRuns } from '../../../src/projections/fulfilment-runs.ts'
import { projectionTables } from '../../../src/projections/tables.ts'
import { shopFulfilment } from '../../data/magento2-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext, decoded } from '../../worlds/stage-context.ts'

const contents = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 30 })
/** Batches, each of which may begin before the end of the last one, as after a crash. */
const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 6 }), back: fc.nat({ max: 8 }) }), { maxLength: 30 })

it('each change of a fulfilment has its own id, whichever batches its records come in and come again in', async () => {
  await fc.assert(
    fc.asyncProperty(contents, cuts, async (all, batches) => {
      const records = all.map((contentDigest, offset) => {
        const event = { ...shopFulfilment('IF-1', '7', []), contentDigest, eventId: `e-${offset}` }
        return decoded<'shop-fulfilments'>(event, { offset })
      })
      const tables = memoryTables(projectionTables)
      const context = batchContext().context
      const ids = new Map<number, Set<string | null>>()
      let done = 0
      const handle = async (from: number, to: number) => {
        const batch = records.slice(from, to)
        if (batch.length === 0) return
        const found = await beginningRuns(tables, 'shop', batch, context)
        // Only records that no earlier batch completed become events.
        for (const one of batch.filter(({ record }) => Number(record.offset) >= done)) {
          const offset = Number(one.record.offset)
          ids.set(offset, (ids.get(offset) ?? new Set()).add(found.get(one) ?? null))
        }
      }
      for (const { size, back } of batches) {
        const from = Math.max(0, done - back)
        await handle(from, done + size)
        // Handled twice before it counts as done, as after a crash in between.
        await handle(from, done + size)
        done = Math.min(records.length, done + size)
      }
      await handle(done, records.length)
      const changes = all.flatMap((content, offset) => (content === all[offset - 1] ? [] : [offset]))
      const named = [...ids].filter(([, found]) => [...found].some((id) => id !== null))
      expect(named.map(([offset]) => offset).toSorted((a, b) => a - b)).toEqual(changes)
      expect([...ids.values()].every((found) => found.size === 1)).toBe(true)
      expect(new Set(named.flatMap(([, found]) => [...found])).size).toBe(changes.length)
    }),
    { numRuns: 300 },
  )
})
