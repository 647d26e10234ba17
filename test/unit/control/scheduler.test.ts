import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tickRequestId } from '../../../src/control/request-sync.ts'
import { lastTick, runScheduler } from '../../../src/control/scheduler.ts'
import type { Configuration, Read } from '../../../src/core/model.ts'
import { manualClock } from '../../support/manual-clock.ts'

const START = Date.parse('2026-03-02T10:00:00Z')

function read(schedule: string | null, zone = 'UTC'): Read {
  const rest = { startFrom: null, pageSize: 100, settleSeconds: 5, overlapSeconds: 60, filter: {} }
  return { id: 's.products.all', system: 's', entity: 'products', scope: 'all', schedule, zone, ...rest }
}

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
    const sent: string[] = []
    const end = new AbortController()
    onTestFinished(() => end.abort())
    const system = {
      id: 's',
      type: 'netsuite',
      address: '',
      secrets: {},
      zone: 'UTC',
      limits: { concurrency: 1 },
      settings: {},
    } as const
    const configuration: Configuration = {
      revision: 1,
      systems: [{ ...system, reads: [read('*/10 * * * *')] }],
      connections: [],
      metadata: [],
    }
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
    const running = runScheduler({ configuration: () => configuration, requester, clock, logger, signal: end.signal })
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
