import fc from 'fast-check'
import { expect, it } from 'vitest'
import { StreamError, toStreamError } from '../../../src/errors.ts'
import { governorTables } from '../../../src/platform/governor/call-slots.ts'
import { callKinds, createGovernor } from '../../../src/platform/governor/governor.ts'
import { createSharedPermits } from '../../../src/platform/governor/shared-permits.ts'
import { memoryTables } from '../../memory/tables.ts'
import { virtualClock } from '../../unit/platform/runtime/virtual-clock.ts'

/** A call: when it is asked for, how long it takes, how it ends, and when whoever asked gives it up. */
const calls = fc.array(
  fc.record({
    process: fc.nat(3),
    kind: fc.constantFrom(...callKinds),
    at: fc.nat(5_000),
    ms: fc.nat(3_000),
    end: fc.constantFrom('well', 'well', 'failed', 'refused', 'pause'),
    givenUpAfter: fc.option(fc.nat(4_000)),
  }),
  { minLength: 1, maxLength: 40 },
)

it('every call comes to its end, never more at once than the account takes, and no permit is lost', async () => {
  const limits = fc.record({ concurrency: fc.integer({ min: 1, max: 5 }) })
  await fc.assert(
    fc.asyncProperty(limits, calls, async (limit, asked) => {
      const clock = virtualClock()
      const tables = memoryTables(governorTables)
      let [now, most] = [0, 0]
      const governors = [0, 1, 2, 3].map((owner) => {
        const permits = createSharedPermits('account', limit, { tables, clock, owner: `p${owner}` })
        return createGovernor(limit, permits, clock)
      })
      const ends = await Promise.all(
        asked.map(async ({ process, kind, at, ms, end, givenUpAfter }) => {
          const governor = governors[process]
          const ending = new AbortController()
          await clock.sleep(at)
          if (givenUpAfter !== null) void clock.sleep(givenUpAfter).then(() => ending.abort())
          const call = async () => {
            now += 1
            most = Math.max(most, now)
            await clock.sleep(ms)
            now -= 1
            if (end === 'failed') throw new StreamError('timed_out', 'late')
            if (end === 'refused') throw new StreamError('rate_limited', 'too many')
            if (end === 'pause') governor?.pause(ms)
          }
          return await governor?.run(kind, call, ending.signal).then(
            () => 'well',
            (error: unknown) => toStreamError(error).code,
          )
        }),
      )
      expect(most).toBeLessThanOrEqual(limit.concurrency)
      expect(ends).not.toContain(undefined)
      // All of it is to be had again.
      now = most = 0
      const all = async () => {
        now += 1
        most = Math.max(most, now)
        await clock.sleep(2_000)
        now -= 1
      }
      await clock.sleep(10_000)
      for (let round = 0; round < 100; round += 1) await governors[0]?.run('orders', async () => undefined)
      await Promise.all(Array.from({ length: limit.concurrency }, () => governors[0]?.run('orders', all)))
      expect(most).toBe(limit.concurrency)
      await clock.sleep(20_000)
      const rows = await tables.query('call_slots', { partition: 'account' })
      expect(rows.map(({ slot }) => slot).filter((slot) => slot !== 'pause')).toEqual([])
    }),
    { numRuns: 200 },
  )
})
