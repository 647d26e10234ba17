// "--from 1" was taken for January 2001, a time without a zone for one on this machine's clock, 30 February for 2 March.
import { expect, it } from 'vitest'
import { timeOption } from '../../../src/cli/arguments.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'

it.each([
  ['2026-01-31T08:00:00Z', Date.UTC(2026, 0, 31, 8)],
  ['2026-01-31T08:00:00.250+02:00', Date.UTC(2026, 0, 31, 6, 0, 0, 250)],
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  [undefined, null],
])('reads %s', (text, time) => {
  expect(timeOption('from', text)).toBe(time)
})

it.each(['1', '2026-01-31T08:00:00', '2026-02-30', '2026-02-30T00:00:00Z', '01/02/2026', 'yesterday', ''])(
  'refuses "%s" as wrong use, naming the option',
  (text) => {
    const wrong = new UsageError(`--from must be a date like 2026-01-31T00:00:00Z, not "${text}"`)
    expect(() => timeOption('from', text)).toThrow(wrong)
  },
)
