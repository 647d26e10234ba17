import { describe, expect, it } from 'vitest'
import type { Configuration, System } from '../../../../src/core/model.ts'
import { type ErrorCode, StreamError } from '../../../../src/errors.ts'
import type { VendorOrderRequested } from '../../../../src/events/generated/events.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { usualPatience } from '../../../../src/processors/sinks/deliver-patiently.ts'
import { sinkTables } from '../../../../src/processors/sinks/deliveries.ts'
import { sinkStage } from '../../../../src/processors/sinks/run-sink.ts'
import type { Sink } from '../../../../src/processors/sinks/sink.ts'
import { batchOf, fakeStage } from '../../../support/fake-stage.ts'
import { memoryTables } from '../../../support/memory-tables.ts'
import { connectionOf, vendorOrder } from '../../../support/processor-events.ts'

const system: System = {
  id: 'netsuite',
  type: 'netsuite',
  address: 'env:URL',
  secrets: {},
  zone: 'UTC',
  limits: { concurrency: 2 },
  settings: {},
  reads: [],
}
const configuration: Configuration = {
  revision: 1,
  systems: [system],
  connections: [connectionOf('a', '^A')],
  metadata: [],
}

/** A clock whose sleeps pass at once. */
function quickClock() {
  const pauses: number[] = []
  let time = 0
  return {
    pauses,
    now: () => time,
    sleep: async (ms: number) => {
      pauses.push(ms)
      time += ms
    },
  }
}

type Deliver = (event: VendorOrderRequested, call: number) => Promise<void>

const prepare = (deliver: Deliver = async () => undefined, tables: Tables = memoryTables(sinkTables)) => {
  const { log, context, reporter, ending } = fakeStage('vendor-orders.netsuite')
  const clock = quickClock()
  const written: VendorOrderRequested[] = []
  let calls = 0
  const sink: Sink<'vendor-orders'> = {
    kind: 'vendor-orders',
    deliver: async (event) => {
      calls += 1
      await deliver(event, calls)
      written.push(event)
      return { outcome: 'written', targetId: `id-${event.key}` }
    },
  }
  const patience = { ...usualPatience, random: () => 1 }
  const deps = { tables, reporter, configuration: () => configuration, clock, patience }
  const stage = sinkStage(system, sink, deps)
  const run = async (...events: VendorOrderRequested[]) => {
    log.results.length = 0
    await stage.handle(batchOf<'vendor-orders'>(...events), context)
    return log.results.map(({ result: { key, status, code } }) => [key, status, code])
  }
  return { log, run, stage, written, clock, tables, ending }
}

const one = vendorOrder('a', '1')
const newer = (event: VendorOrderRequested, digest = 'other') => ({
  ...event,
  readAt: event.readAt + 1,
  contentDigest: digest,
})
const failing =
  (code: ErrorCode, times = Number.POSITIVE_INFINITY): Deliver =>
  async (_event, call) => {
    if (call <= times) throw new StreamError(code, `it is ${code}`)
  }

describe('a sink as a stage', () => {
  it('has the name and topic of its system', () => {
    expect(prepare().stage).toMatchObject({ name: 'deliver-netsuite', topics: ['vendor-orders.netsuite'] })
  })

  it('delivers each key and reports the id at the target', async () => {
    const { run, log, written } = prepare()
    expect(await run(one, vendorOrder('a', '2'))).toEqual([
      ['1', 'succeeded', null],
      ['2', 'succeeded', null],
    ])
    expect(written).toHaveLength(2)
    expect(log.results[0]).toMatchObject({
      taskId: 'task-1',
      result: { entity: 'orders', connection: 'a', targetId: 'id-1' },
    })
  })

  it('delivers only the newest version of a key in a batch, wherever it stands', async () => {
    const { run, written } = prepare()
    expect(await run(newer(one), one)).toEqual([
      ['1', 'superseded', 'older_version'],
      ['1', 'succeeded', null],
    ])
    expect(written.map(({ readAt }) => readAt)).toEqual([one.readAt + 1])
  })

  it('delivers nothing older than what was delivered, and no equal content again', async () => {
    const { run, written } = prepare()
    await run(newer(one))
    expect(await run(one)).toEqual([['1', 'superseded', 'older_version']])
    expect(await run(newer(newer(one)))).toEqual([['1', 'succeeded', null]])
    expect(written).toHaveLength(1)
  })

  it('does not trust what was delivered before a write that was cut off', async () => {
    const { run, tables } = prepare()
    await run(one)
    const cut = prepare(async () => {
      throw new StreamError('broker_unavailable', 'cut off')
    }, tables)
    await expect(cut.run(newer(one))).rejects.toThrow('cut off')
    const back = prepare(undefined, tables)
    expect(await back.run(newer(newer(one), one.contentDigest))).toEqual([['1', 'succeeded', null]])
    expect(back.written).toHaveLength(1)
  })

  it('calls a busy target again, and obeys the time it asks for', async () => {
    const { run, clock } = prepare(async (_event, call) => {
      if (call === 1) throw new StreamError('target_unavailable', 'busy')
      if (call === 2) throw new StreamError('rate_limited', 'busy', { retryAfterMs: 7_000 })
    })
    expect(await run(one)).toEqual([['1', 'succeeded', null]])
    expect(clock.pauses).toEqual([500, 7_000])
  })

  it('hands a target that stays down to the runtime', async () => {
    const { run, log } = prepare(failing('target_unavailable'))
    await expect(run(one)).rejects.toMatchObject({ code: 'target_unavailable' })
    expect(log.steps).toEqual([])
  })

  it('waits 30 s for an item, then dead-letters the order; the others are delivered', async () => {
    const { run, log, clock } = prepare(async (event) => {
      if (event.key === '1') throw new StreamError('item_missing', 'no item')
    })
    expect((await run(one, vendorOrder('a', '2'))).toSorted()).toEqual([
      ['1', 'failed', 'item_missing'],
      ['2', 'succeeded', null],
    ])
    expect(clock.now()).toBe(30_000)
    expect(log.deadLetters).toMatchObject([{ error: { code: 'item_missing' }, about: { connection: 'a', key: '1' } }])
    expect(log.deadLetters[0]?.about.attempts).toBeGreaterThan(3)
  })

  it('delivers when the item comes in time', async () => {
    const { run } = prepare(failing('item_missing', 3))
    expect(await run(one)).toEqual([['1', 'succeeded', null]])
  })

  it('dead-letters what the target refuses at once', async () => {
    const { run, log, clock } = prepare(failing('target_rejected'))
    expect(await run(one)).toEqual([['1', 'failed', 'target_rejected']])
    expect(clock.pauses).toEqual([])
    expect(log.deadLetters).toHaveLength(1)
  })

  it.each(['credentials_refused', 'table_unavailable'] as const)('throws %s', async (code) => {
    const { run, log } = prepare(failing(code))
    await expect(run(one)).rejects.toMatchObject({ code })
    expect(log.deadLetters).toEqual([])
  })

  it("takes no failure for the entity's own while it is ending", async () => {
    const { run, log, ending } = prepare(async () => {
      ending.abort(new StreamError('stopping', 'revoked'))
      throw new Error('socket closed')
    })
    await expect(run(one)).rejects.toMatchObject({ code: 'stopping' })
    expect(log.deadLetters).toEqual([])
  })

  it('ignores events of a connection that is gone', async () => {
    expect(await prepare().run(vendorOrder('gone', '1'))).toEqual([['1', 'ignored', 'connection_removed']])
  })
})
