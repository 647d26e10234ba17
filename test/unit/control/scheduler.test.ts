import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tickRequestId } from '../../../src/control/request-sync.ts'
import { lastTick, runScheduler, type ScheduledRead } from '../../../src/control/scheduler.ts'
import { manualClock } from '../../support/manual-clock.ts'

const START = Date.parse('2026-03-02T10:00:00Z')

const read = (schedule: string | null, zone = 'UTC'): ScheduledRead => ({ id: 's.products.all', schedule, zone })

describe('lastTick', () => {
  it('is the last one of those that were missed', () => {
    expect(lastTick(read('*/10 * * * *'), START, START + 35 * 60_000)).toBe(START + 30 * 60_000)
    expect(lastTick(read('*/10 * * * *'), START, START + 60_000)).toBeNull()
    expect(lastTick(read(null), 0, START)).toBeNull()
  })

  it('follows the zone of the schedule', () => {
    const tick = lastTick(read('0 3 * * *', 'America/New_York'), START - 86_400_000, START)
    expect(new Date(tick ?? 0).toISOString()).toBe('2026-03-02T08:00:00.000Z')
  })
})

describe('runScheduler', () => {
  it('sends a tick again under the same id when the broker did not take it', async () => {
    const clock = manualClock(START)
    const end = new AbortController()
    onTestFinished(() => end.abort())
    const sent: string[] = []
    const reads = () => [read('*/10 * * * *')]
    const twice = Promise.withResolvers<void>()
    const requester = {
      async request({ requestId }: { requestId: string }) {
        sent.push(requestId)
        if (sent.length === 1) throw new Error('no broker')
        twice.resolve()
        return 'task'
      },
    }
    const logger = pino({ level: 'silent' })
    const running = runScheduler({ reads, requester, clock, logger, signal: end.signal })
    clock.set(START + 600_000)
    await expect.poll(() => sent.length).toBe(1)
    clock.set(START + 600_600)
    await twice.promise
    end.abort()
    await running
    const id = tickRequestId('s.products.all', START + 600_000)
    expect(sent).toEqual([id, id])
  })
})
