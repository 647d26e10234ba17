import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { ok, runChecks } from '../../../../src/operations/doctor/finding.ts'

it('runs every check, whatever becomes of the others, and keeps their order', async () => {
  const signals: AbortSignal[] = []
  const findings = await runChecks(
    [
      { name: 'slow', run: (signal) => new Promise(() => void signals.push(signal)) },
      { name: 'broken', run: () => Promise.reject(new StreamError('broker_unavailable', 'no connection')) },
      { name: 'right', run: async () => [ok('right', 'one'), ok('right', 'two')] },
    ],
    20,
  )
  expect(findings).toEqual([
    { level: 'fail', name: 'slow', what: 'no answer within 0.02 s', fix: expect.stringContaining('can reach it') },
    { level: 'fail', name: 'broken', what: 'broker_unavailable: no connection', fix: null },
    { level: 'ok', name: 'right', what: 'one', fix: null },
    { level: 'ok', name: 'right', what: 'two', fix: null },
  ])
  expect(signals[0]?.aborted).toBe(true)
})
