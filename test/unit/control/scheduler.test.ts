import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { pause, pauseTables, resume } from '../../../src/control/pauses.ts'
import { READS, watchReadHolds } from '../../../src/control/read-holds.ts'
import { restsAfterRefusal } from '../../../src/control/refused-reads.ts'
import { tickRequestId } from '../../../src/control/request-sync.ts'
import { lastTick, runScheduler, type ScheduledRead } from '../../../src/control/scheduler.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { tickLog } from '../../../src/control/ticks.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

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
  const TEN = 10 * 60_000

  /** A process with a scheduler: what it sent, and its end. */
  function scheduler(tables: Tables, start: number, { lose = 0, schedule = '*/10 * * * *' } = {}) {
    const clock = manualClock(start)
    const end = new AbortController()
    onTestFinished(() => end.abort())
    const sent: string[] = []
    const requester = {
      async request({ requestId }: { requestId: string }) {
        sent.push(requestId)
        if (sent.length <= lose) throw new Error('no broker')
        return 'task'
      },
    }
    const reads = () => [read(schedule)]
    const logger = pino({ level: 'silent' })
    const ticks = tickLog(tables)
    const isResting = restsAfterRefusal(tables)
    const holds = watchReadHolds(tables, clock, () => ({ systems: [] }))
    const running = runScheduler({ reads, requester, ticks, isResting, holds, clock, logger, signal: end.signal })
    const stop = async () => {
      end.abort()
      await running
    }
    return { clock, sent, stop }
  }
  const tick = (time: number) => tickRequestId('s.products.all', time)
  const handled = (tables: Tables) => tickLog(tables).handled('s.products.all')

  it('sends a tick again under the same id when the broker did not take it', async () => {
    const tables = memoryTables([...controlTables, ...pauseTables])
    const { clock, sent, stop } = scheduler(tables, START, { lose: 1 })
    await expect.poll(() => handled(tables)).toBe(START)
    clock.set(START + TEN)
    await expect.poll(() => sent.length).toBe(1)
    expect(await handled(tables)).toBe(START)
    clock.set(START + TEN + 600)
    await expect.poll(() => handled(tables)).toBe(START + TEN)
    await stop()
    expect(sent).toEqual([tick(START + TEN), tick(START + TEN)])
  })

  it.each(['s.products.all', 's'])(
    'leaves out ticks while %s is held, and catches up once after',
    async (connection) => {
      const tables = memoryTables([...controlTables, ...pauseTables])
      const held = { stage: READS, connection, code: 'held', message: 'until Monday (ann)', since: 'now' }
      const { clock, sent, stop } = scheduler(tables, START)
      // A scheduler that sleeps already is woken by the next step.
      const step = async () => {
        clock.set(clock.now() + 600)
        await new Promise(setImmediate)
        return await handled(tables)
      }
      await expect.poll(step).toBeGreaterThanOrEqual(START)
      const before = await handled(tables)
      await pause(tables, { ...held, probe_at: START + 4 * TEN + TEN / 2 })
      clock.set(START + 4 * TEN)
      for (let n = 0; n < 10; n += 1) expect(await step()).toBe(before)
      // Its end comes by itself; another is ended by hand.
      clock.set(START + 4 * TEN + TEN / 2)
      await expect.poll(step).toBe(START + 4 * TEN)
      await pause(tables, { ...held, probe_at: START + 99 * TEN })
      clock.set(START + 6 * TEN)
      for (let n = 0; n < 10; n += 1) expect(await step()).toBe(START + 4 * TEN)
      await resume(tables, READS, connection)
      await expect.poll(step).toBe(START + 6 * TEN)
      await stop()
      expect(sent).toEqual([tick(START + 4 * TEN), tick(START + 6 * TEN)])
    },
  )

  it.each(['the read', 'its system'])('begins no run of %s that its document switches off', async (what) => {
    const tables = memoryTables([...controlTables, ...pauseTables])
    const scope = { ...readOf('s', 'products', 100), ...(what === 'the read' ? { enabled: false } : {}) }
    const shop = uncheckedSystem({ id: 's', type: 'netsuite', address: 'https://s.example', reads: [scope] })
    let systems = [what === 'the read' ? shop : { ...shop, enabled: false }]
    const holds = watchReadHolds(tables, manualClock(START), () => ({ systems }))
    expect(await holds.of('s.products.all')).toMatchObject({
      code: 'disabled',
      message: expect.stringContaining('enabled: false'),
    })
    systems = [
      uncheckedSystem({
        id: 's',
        type: 'netsuite',
        address: 'https://s.example',
        reads: [readOf('s', 'products', 100)],
      }),
    ]
    expect(await holds.of('s.products.all')).toBeUndefined()
  })

  it('catches up once what was missed while no process ran', async () => {
    const tables = memoryTables([...controlTables, ...pauseTables])
    const first = scheduler(tables, START)
    await expect.poll(() => handled(tables)).toBe(START)
    await first.stop()
    const second = scheduler(tables, START + 35 * 60_000)
    await expect.poll(() => handled(tables)).toBe(START + 3 * TEN)
    await second.stop()
    expect([first.sent, second.sent]).toEqual([[], [tick(START + 3 * TEN)]])
    const third = scheduler(tables, START + 36 * 60_000)
    await expect
      .poll(async () => {
        third.clock.set(Math.max(START + 4 * TEN, third.clock.now() + 600))
        return await handled(tables)
      })
      .toBe(START + 4 * TEN)
    await third.stop()
    expect(third.sent).toEqual([tick(START + 4 * TEN)])
  })

  it('finds the last of very many missed ticks at once', async () => {
    const year = 365 * 86_400_000
    expect(lastTick(read('*/5 * * * * *'), START - year, START + 1)).toBe(START)
    expect(lastTick(read('0 3 29 2 *'), Date.parse('2024-03-01T00:00:00Z'), START)).toBeNull()
    expect(lastTick(read('0 3 29 2 *'), Date.parse('2024-02-01T00:00:00Z'), START)).toBe(Date.UTC(2024, 1, 29, 3))
  })
})
