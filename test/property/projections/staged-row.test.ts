import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evolveStaged, type StagedRow, type StageReport } from '../../../src/projections/staged-row.ts'
import { entityResult } from '../../data/sync-status.ts'

const STAGES = ['route-orders', 'deliver-erp'] as const
const statuses = ['processing', 'waiting', 'failed', 'succeeded']

/** What the stages report, each in its own order: versions, passes of a version, and several results of one stage. */
const history = fc.array(
  fc.record({
    version: fc.integer({ min: 1, max: 3 }),
    pass: fc.integer({ min: 0, max: 2 }),
    stage: fc.constantFrom(...STAGES),
    status: fc.constantFrom(...statuses),
  }),
  { minLength: 1, maxLength: 12 },
)

/** In the order of one partition: offsets of source events grow with version and pass. */
function toReports(
  events: (typeof history extends fc.Arbitrary<infer T> ? T : never) & readonly unknown[],
): StageReport[] {
  return events.map(({ version, pass, stage, status }, index) => {
    const source = { topic: 'orders', partition: 0, offset: version * 10 + pass, bytes: 1 }
    const mapped = stage === 'deliver-erp' ? { ...source, topic: 'vendor-orders.erp' } : null
    const result = { ...entityResult({ status, occurredAt: version }), connection: 'c1' }
    return { stage, at: 100 + index, offset: index, task: 't', result, places: { source, mapped } }
  })
}

const fold = (report: readonly StageReport[]) => report.reduce<StagedRow | undefined>(evolveStaged, undefined)

/** Each stage's results stay in their order; between the stages any order may come. */
function interleave(report: readonly StageReport[], choices: readonly boolean[]): StageReport[] {
  const queues = STAGES.map((stage) => report.filter((one) => one.stage === stage))
  const order: StageReport[] = []
  for (let n = 0; order.length < report.length; n += 1) {
    const [first = [], second = []] = queues
    const from = second.length === 0 || (first.length > 0 && choices[n % choices.length]) ? first : second
    order.push(...from.splice(0, 1))
  }
  return order
}

const choices = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 })

it('ends the same in whatever order the stages are heard (Guarantee 9)', () => {
  fc.assert(
    fc.property(history, choices, (events, order) => {
      const report = toReports(events)
      expect(fold(interleave(report, order))).toEqual(fold(report))
    }),
  )
})

it('ends the same when everything from some point on is reported again (Guarantee 3)', () => {
  fc.assert(
    fc.property(history, fc.nat(), (events, from) => {
      const report = toReports(events)
      const again = report.slice(from % report.length)
      expect(fold([...report, ...again])).toEqual(fold(report))
    }),
  )
})

it('never goes back to an older version (Guarantee 4)', () => {
  fc.assert(
    fc.property(history, (events) => {
      let rank = ''
      toReports(events).reduce<StagedRow | undefined>((row, report) => {
        const next = evolveStaged(row, report)
        expect(next.rank >= rank).toBe(true)
        rank = next.rank
        return next
      }, undefined)
    }),
  )
})
