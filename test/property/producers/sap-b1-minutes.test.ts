import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseFilter } from '../../../simulators/sap-b1/filter.ts'
import { toLocalTime } from '../../../src/systems/kit/local-time.ts'
import { before, minuteAfter, minuteOf, minuteWindow, since, UPDATED } from '../../../src/systems/sap-b1/time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const zones = ['America/New_York', 'America/St_Johns', 'UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe']
const offset = (zone: string, time: number) => Date.parse(`${toLocalTime(time, zone).replace(' ', 'T')}Z`) - time
const changes = zones.flatMap((zone) => {
  const hours = Array.from({ length: 366 * 24 }, (_, hour) => Date.UTC(2026, 0, 1, hour))
  const found = hours.filter((hour) => offset(zone, hour) !== offset(zone, hour - HOUR))
  return (found.length === 0 ? [Date.UTC(2026, 0, 1)] : found).map((at) => ({ zone, at }))
})

const rowOf = (stamp: string) => ({ UpdateDate: stamp.slice(0, 10), UpdateTime: stamp.slice(11) })
const holds = (filter: string, stamp: string) => parseFilter(filter, () => true)(rowOf(stamp))

const scenario = fc.record({
  change: fc.constantFrom(...changes),
  start: fc.integer({ min: -DAY, max: HOUR }),
  lengths: fc.array(fc.integer({ min: 1000, max: 8 * HOUR }), { minLength: 1, maxLength: 12 }),
  overlap: fc.constantFrom(0, 30_000, HOUR),
  settle: fc.constantFrom(0, 5000, 5 * MINUTE),
  changed: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
})

it('windows one after the other hold every change, as SAP filters times, also where the clocks change', () => {
  fc.assert(
    fc.property(scenario, ({ change: { zone, at }, start, lengths, overlap, settle, changed }) => {
      let now = at + start
      let cutDate = now
      const first = now
      const windows: { readonly at: number; readonly filter: string }[] = []
      for (const length of lengths) {
        now += length
        const to = Math.max(now - settle, cutDate)
        const bounds = minuteWindow({ from: cutDate - overlap, to }, zone)
        windows.push({ at: now, filter: `${since(UPDATED, bounds.from ?? '')} and ${before(UPDATED, bounds.to)}` })
        cutDate = to
      }
      for (const place of changed) {
        const moment = first + (place % Math.max(1, cutDate - first))
        // SAP tells whole minutes: what of the last one is not in this window is in the next.
        if (moment >= Math.floor(cutDate / MINUTE) * MINUTE) continue
        const stamp = toLocalTime(moment, zone)
        const found = windows.some((window) => window.at >= moment && holds(window.filter, stamp))
        expect(found, `${stamp} (${new Date(moment).toISOString()}) in ${JSON.stringify(windows)}`).toBe(true)
      }
    }),
    { numRuns: 300 },
  )
})

it('a moment is before a minute, in it or after it: one of them, also at midnight', () => {
  const minutes = fc.integer({ min: Date.UTC(2026, 1, 27), max: Date.UTC(2026, 2, 2) })
  const stampOf = (time: number) => toLocalTime(time, 'UTC')
  fc.assert(
    fc.property(minutes, minutes, (one, other) => {
      const minute = minuteOf(stampOf(one))
      const stamp = stampOf(other)
      const inIt = `${since(UPDATED, minute)} and ${before(UPDATED, minuteAfter(minute))}`
      const places = [before(UPDATED, minute), inIt, since(UPDATED, minuteAfter(minute))].map((filter) =>
        holds(filter, stamp),
      )
      expect(places).toEqual([minuteOf(stamp) < minute, minuteOf(stamp) === minute, minuteOf(stamp) > minute])
    }),
  )
})
