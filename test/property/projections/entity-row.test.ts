import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type EntityRow, evolveEntity, type ReportedResult } from '../../../src/projections/entity-row.ts'
import { entityResult } from '../../data/sync-status.ts'

/** What the stages say of versions of one entity, each stage in its own order; the last version ends with `end`. */
const told = fc
  .record({
    versions: fc.integer({ min: 1, max: 4 }),
    waits: fc.nat({ max: 2 }),
    end: fc.constantFrom('succeeded', 'failed', 'canceled'),
    ignoredByProcessor: fc.boolean(),
  })
  .map(({ versions, waits, end, ignoredByProcessor }) => {
    const stages: Record<string, string[][]> = { 'route-orders': [], 'deliver-erp': [] }
    for (let version = 1; version <= versions; version += 1) {
      const last = version === versions
      const ignored = ignoredByProcessor && last
      stages['route-orders']?.push([String(version), ignored ? 'ignored' : 'processing'])
      if (ignored) continue
      for (let wait = 0; wait < waits; wait += 1) stages['deliver-erp']?.push([String(version), 'waiting'])
      stages['deliver-erp']?.push([String(version), last ? end : 'superseded'])
    }
    return { expected: ignoredByProcessor ? 'ignored' : end, stages }
  })

it('ends the same however the results of the stages interleave and repeat', () => {
  const choices = fc.array(fc.record({ second: fc.boolean(), again: fc.boolean() }), { minLength: 30, maxLength: 30 })
  fc.assert(
    fc.property(told, choices, ({ expected, stages }, order) => {
      const queues = Object.entries(stages).map(([stage, results]) => ({ stage, results, next: 0 }))
      let row: EntityRow | undefined
      const choose = [...order, ...order.map((one) => ({ ...one, second: !one.second }))]
      for (const [at, { second, again }] of choose.entries()) {
        const queue = queues[second ? 1 : 0]
        if (queue === undefined) continue
        if (again && queue.next > 0) queue.next -= 1
        const [version = '', status = ''] = queue.results[queue.next] ?? []
        if (status === '') continue
        const reported: ReportedResult = {
          taskId: 't',
          stage: queue.stage,
          at,
          offset: queue.next,
          result: entityResult({ status, readAt: Number(version) }),
        }
        queue.next += 1
        row = evolveEntity(row, reported)
      }
      fc.pre(queues.every((queue) => queue.next === queue.results.length))
      expect(row?.status).toBe(expected)
    }),
    { numRuns: 1000 },
  )
})
