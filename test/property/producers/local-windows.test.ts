import fc from 'fast-check'
import { expect, it } from 'vitest'
import { localWindow, toLocalTime } from '../../../src/systems/kit/local-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const zones = [
  'Etc/GMT+12',
  'America/Los_Angeles',
  'America/St_Johns',
  'UTC',
  'Europe/London',
  'Europe/Berlin',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
]

const offset = (zone: string, time: number) => Date.parse(`${toLocalTime(time, zone).replace(' ', 'T')}Z`) - time

const changes = zones.flatMap((zone) => {
  const hours = Array.from({ length: 366 * 24 }, (_, hour) => Date.UTC(2026, 0, 1, hour))
  const found = hours.filter((hour) => offset(zone, hour) !== offset(zone, hour - HOUR))
  // A zone without changes is looked at on New Year's night.
  return (found.length === 0 ? [Date.UTC(2026, 0, 1)] : found).map((at) => ({ zone, at }))
})

const scenario = fc.record({
  change: fc.constantFrom(...changes),
  /** Of the first window, after the change of the clocks. */
  start: fc.integer({ min: -DAY, max: HOUR }),
  /** Between the runs. */
  lengths: fc.array(fc.integer({ min: 1000, max: 8 * HOUR }), { minLength: 1, maxLength: 20 }),
  overlap: fc.constantFrom(0, 30_000, HOUR),
  settle: fc.constantFrom(0, 2000, 5 * MINUTE),
  changed: fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
  /** A commit comes so much later than its time says. */
  late: fc.nat({ max: HOUR }),
})

it('windows one after the other hold every change, on the local clock of any zone, also at its changes', () => {
  fc.assert(
    fc.property(scenario, ({ change: { zone, at }, start, lengths, overlap, settle, changed, late }) => {
      let now = at + start
      const windows: { readonly at: number; readonly from: string; readonly to: string }[] = []
      let cutDate = now
      const first = now
      for (const length of lengths) {
        now += length
        const to = Math.max(now - settle, cutDate)
        windows.push({ at: now, ...localWindow(cutDate - overlap, to, zone) })
        cutDate = to
      }
      // Committed before a window is read, and not later than settling and overlap cover.
      const covered = Math.min(late, settle + overlap)
      for (const place of changed) {
        const moment = first + (place % Math.max(1, cutDate - first))
        // The source tells whole seconds: what of the last one is not in this window is in the next.
        if (moment >= Math.floor(cutDate / 1000) * 1000) continue
        const stamp = toLocalTime(moment, zone)
        const found = windows.some(
          (window) => window.at >= moment + covered && stamp >= window.from && stamp < window.to,
        )
        const seenLater = covered > 0 && moment + covered > now
        expect(found || seenLater, `${stamp} (${new Date(moment).toISOString()}) in ${JSON.stringify(windows)}`).toBe(
          true,
        )
      }
    }),
    { numRuns: 400 },
  )
})
