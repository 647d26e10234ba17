import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { createPositions, positionTables } from '../../../../src/platform/runtime/positions.ts'
import { runStage, type StageDeps } from '../../../../src/platform/runtime/run-stage.ts'
import type { BatchContext, Stage } from '../../../../src/platform/runtime/stage.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { countingMeter } from '../../../worlds/metric-samples.ts'
import { fakeLog } from './fake-log.ts'

type Requests = Stage<'sync-requests'>
type Batch = Parameters<Requests['handle']>[0]

const PATIENT = 30_000

const ids = (batch: Batch) => batch.map(({ event }) => event.requestId).join(' ')

/** A stage that notes what it was handed; `handle` may throw. */
async function start(
  handle: (batch: Batch, context: BatchContext) => Promise<void> | void = () => undefined,
  more: Partial<Requests> = {},
  deps: Partial<StageDeps> = {},
) {
  const fake = fakeLog()
  const handled: string[] = []
  const stage: Requests = {
    name: 'tested',
    kind: 'sync-requests',
    topics: ['sync-requests'],
    async handle(batch, context) {
      handled.push(ids(batch))
      await handle(batch, context)
    },
    ...more,
  }
  const { meter, counted } = countingMeter()
  const running = await runStage(stage, { ...fake.deps, meter, ...deps })
  onTestFinished(() => running.close())
  const give = async (batch: ReturnType<typeof fake.batch>) => await fake.joins.at(-1)?.onBatch(batch)
  return { ...fake, handled, running, give, counted }
}

it('a stage that needs nothing of persons gets its events as they are sealed', async () => {
  const fake = fakeLog()
  const { codec } = fake.deps
  const asked: string[] = []
  const noted = (how: string): typeof codec.decode => {
    return async (kind, value) => {
      asked.push(how)
      return await codec.decode(kind, value)
    }
  }
  const persons = {
    leaveSealed: noted('left'),
    admit: async <E>(_kind: string, events: readonly E[]) => events,
    seal: async (_about: object, original: Buffer) => original,
    open: async (bytes: Buffer) => bytes,
  }
  for (const more of [{ needsPersons: false } as const, {}]) {
    const stage: Requests = {
      name: 'tested',
      kind: 'sync-requests',
      topics: [],
      handle: async () => undefined,
      ...more,
    }
    const running = await runStage(stage, { ...fake.deps, codec: { ...codec, decode: noted('opened'), persons } })
    await fake.joins.at(-1)?.onBatch(fake.batch(['a']))
    await running.close()
  }
  expect(asked).toEqual(['left', 'opened'])
})

describe('a batch', () => {
  it('is committed after it is handled', async () => {
    const { batch, give, handled, running } = await start(() => expect(given.committed).toEqual([]))
    const given = batch(['a', 'b'])
    await give(given)
    expect(handled).toEqual(['a b'])
    expect(given.committed).toEqual([2n])
    expect(running.progress()).toEqual([
      { topic: 'p.sync-requests', partition: 0, handled: 2n, end: 2n, failingSince: null, oldestAt: null },
    ])
  })

  it('is counted once it is committed, with its retries and what went to the dead letters', async () => {
    let failures = 0
    const { batch, give, counted } = await start((records) => {
      failures += 1
      if (failures === 1) throw new StreamError('table_unavailable', 'passes')
      if (ids(records).includes('bad')) throw new TypeError('a bug')
    })
    await give(batch(['a', 'bad', 'b']))
    expect(await counted()).toEqual({
      'waldstream_batch_retries_total{stage="tested",code="table_unavailable"}': 1,
      'waldstream_dead_letters_total{stage="tested",connection="",code="unexpected"}': 1,
      'waldstream_stage_records_total{stage="tested"}': 3,
      'waldstream_stage_batch_seconds_count{stage="tested"}': 1,
    })
  })

  it('tells since when the oldest of its records waits, until none does', async () => {
    const oldest: (number | null | undefined)[] = []
    const { batch, give, running } = await start(() => void oldest.push(running.progress()[0]?.oldestAt))
    await give(batch(['a', 'b']))
    expect(oldest).toEqual([5])
    expect(running.progress()[0]?.oldestAt).toBeNull()
  })

  it('is handled and committed in parts of the size the stage asks for', async () => {
    const { batch, give, handled } = await start(undefined, { batchSize: 2 })
    const given = batch(['a', 'b', 'c'], 10n)
    await give(given)
    expect(handled).toEqual(['a b', 'c'])
    expect(given.committed).toEqual([12n, 13n])
  })

  it.each(['table_unavailable', 'rate_limited', 'item_missing', 'credentials_refused'] as const)(
    'is handed over again after %s, with growing waits',
    async (code) => {
      let failures = 0
      const { batch, give, handled, running } = await start(() => {
        failures += 1
        if (failures === 2) expect(running.progress()[0]?.failingSince).toEqual(expect.any(Number))
        if (failures < 4) throw new StreamError(code, 'passes')
      })
      const given = batch(['a', 'b'])
      await give(given)
      expect(handled).toEqual(['a b', 'a b', 'a b', 'a b'])
      expect(given.committed).toEqual([2n])
      expect(running.progress()[0]?.failingSince).toBeNull()
    },
  )

  it('that fails for good is taken apart: what is wrong goes to the dead letters, the rest is handled', async () => {
    const { batch, give, handled, deadLetters } = await start((records) => {
      if (ids(records).includes('bad')) throw new TypeError('a bug')
    })
    const given = batch(['a', 'bad', 'b'])
    await give(given)
    expect(handled).toEqual(['a bad b', 'a', 'bad', 'b'])
    expect(given.committed).toEqual([3n])
    expect(await deadLetters()).toMatchObject([{ code: 'unexpected', message: 'a bug', offset: 1, key: 'entity' }])
  })

  it('without a value, or with bytes that are no event, goes to the dead letters untouched', async () => {
    const bytes = Buffer.from([1, 2, 255])
    const { batch, give, handled, deadLetters, producer } = await start()
    await give(batch(['a', bytes, 'b']))
    expect(handled).toEqual(['a b'])
    expect(await deadLetters()).toMatchObject([
      {
        stage: 'tested',
        originalKey: Buffer.from('owner|entity'),
        originalValue: bytes,
        headers: [{ key: 'h', value: null }],
        topic: 'p.sync-requests',
        partition: 0,
        offset: 1,
        connection: null,
      },
    ])
    expect(producer.sent.map(({ topic, key }) => [topic, key])).toEqual([['p.dead-letters', 'tested||entity']])
  })

  it('is not committed while its dead letter can not be written', async () => {
    const { batch, give, producer, deadLetters } = await start((_records, { deadLetter }) => {
      const about = { connection: 'c', key: 'k', taskId: null, eventId: null, attempts: 1, firstAt: 1 }
      const [record] = given.records
      if (record === undefined) throw new Error('no record')
      return deadLetter(record, new StreamError('mapping_failed', 'wrong'), about)
    })
    const given = batch(['a'])
    vi.spyOn(producer, 'send').mockRejectedValueOnce(new StreamError('broker_unavailable', 'gone'))
    await give(given)
    expect(await deadLetters()).toMatchObject([{ code: 'mapping_failed', connection: 'c', key: 'k' }])
    expect(given.committed).toEqual([1n])
  })

  it('stops at once when its partition is lost: nothing more is written or committed', async () => {
    const { batch, give, handled } = await start(async (_records, { signal, assertOwned }) => {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      given.lose()
      await aborted
      assertOwned()
      throw new Error('went on')
    })
    const given = batch(['a', 'b'])
    await give(given)
    expect(handled).toEqual(['a b'])
    expect(given.committed).toEqual([])
  })

  it('ends after the part under way, which is committed, when the group shares its partitions anew', async () => {
    const { batch, give, handled, clock } = await start(
      async () => {
        given.rebalance()
        await clock.sleep(2_000)
      },
      { batchSize: 1 },
    )
    const given = batch(['a', 'b', 'c'])
    await give(given)
    expect(handled).toEqual(['a'])
    expect(given.committed).toEqual([1n])
  })
})

describe('a stage', () => {
  it('ends what is under way when it is closed, and commits it', async () => {
    const begun = Promise.withResolvers<void>()
    const { batch, give, running, handled, closed } = await start(
      async (_records, { signal }) => {
        begun.resolve()
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      },
      { batchSize: 1 },
    )
    const given = batch(['a', 'b'])
    const giving = give(given)
    await begun.promise
    await running.close()
    await giving
    expect([handled, given.committed, closed()]).toEqual([['a'], [1n], 1])
  })

  it('joins again after its consumer failed, for as long as it takes, and says so', async () => {
    const { joins, failJoins, running, batch, give, handled } = await start()
    failJoins.push(new Error('no broker'), new Error('no broker'))
    joins[0]?.onFailure(new StreamError('broker_unavailable', 'gone'))
    expect(running.problem()).not.toBeNull()
    await vi.waitFor(() => expect(joins).toHaveLength(2), PATIENT)
    expect(running.problem()).toBeNull()
    await give(batch(['a']))
    expect(handled).toEqual(['a'])
  })

  it('does not join again when another process has its place: each would take it from the other for ever', async () => {
    const { clock, joins, running } = await start()
    joins[0]?.onFailure(new StreamError('instance_taken', 'another process uses the same KAFKA_INSTANCE_ID'))
    await clock.sleep(600_000)
    expect(joins).toHaveLength(1)
    expect(running.problem()).toContain('KAFKA_INSTANCE_ID')
  })

  it('does not start when it can not join', async () => {
    const fake = fakeLog()
    fake.failJoins.push(new StreamError('broker_unavailable', 'gone'))
    const stage: Requests = {
      name: 's',
      kind: 'sync-requests',
      topics: ['sync-requests'],
      handle: async () => undefined,
    }
    await expect(runStage(stage, fake.deps)).rejects.toMatchObject({ code: 'broker_unavailable' })
  })

  it('is unhealthy when a batch has failed for more than a minute', async () => {
    let healthy: boolean | undefined
    const { batch, give, running, clock } = await start(() => {
      const since = running.progress()[0]?.failingSince ?? null
      if (since !== null && clock.now() - since > 60_000) healthy = running.problem() === null
      if (healthy === undefined) throw new StreamError('table_unavailable', 'gone')
    })
    await give(batch(['a']))
    expect(healthy).toBe(false)
    expect(running.problem()).toBeNull()
  })

  it('is told of a partition that is handled up to the end it had when it was asked', async () => {
    const idle: number[] = []
    const { batch, give, setEnd, clock } = await start(undefined, {
      onIdle: async (_partitions, _topic, asOf) => void idle.push(asOf),
    })
    setEnd(2n)
    const before = clock.now()
    await clock.sleep(10_000)
    expect(idle).toEqual([])
    await give(batch(['a', 'b']))
    for (let second = 0; idle.length < 2 && second < 60; second += 1) await clock.sleep(1_000)
    // A look that was under way had asked for the time before it asked for the end.
    expect(idle[0]).toBeGreaterThan(before + 9_000)
    expect(idle[1]).toBeGreaterThan(idle[0] ?? Number.POSITIVE_INFINITY)
  })
})

describe('an assigned partition', () => {
  const kept = async () => {
    const positions = createPositions(memoryTables(positionTables))
    await positions.note('p.tested', 'p.sync-requests', 0, 3n)
    return { positions }
  }

  it('begins where the table says only while the broker has no offset, which it may get from another member', async () => {
    const { starts, setCommitted, assignAgain } = await start(undefined, {}, await kept())
    setCommitted(7n)
    await assignAgain()
    const startsAt = (...offsets: [number, bigint][]) => new Map([['p.sync-requests', new Map(offsets)]])
    expect(starts).toEqual([startsAt([0, 3n]), startsAt()])
  })

  it('waits until broker and table say where it begins', async () => {
    const { starts, failReads, assignAgain, joins, clock } = await start(undefined, {}, await kept())
    const silent = new StreamError('table_unavailable', 'the table does not answer')
    failReads.push(silent, silent)
    const assigned = assignAgain()
    await clock.sleep(60_000)
    await assigned
    expect(starts).toHaveLength(2)
    expect(joins).toHaveLength(1)
  })
})

describe('records that are finished before their batch', () => {
  it('are committed meanwhile, as far as there is no gap', async () => {
    const fake = await start(async ([first, second, third], context) => {
      if (first === undefined || second === undefined || third === undefined) return
      context.finished(third.record)
      context.finished(first.record)
      // A heartbeat later the first is committed; the third waits for the second.
      await fake.clock.sleep(1_500)
      expect(given.committed).toEqual([1n])
    })
    const given = fake.batch(['a', 'b', 'c'])
    await fake.give(given)
    expect(given.committed).toEqual([1n, 3n])
  })
})

describe('a partition with lag that does not move', () => {
  it('has its consumer started again', async () => {
    const { clock, joins, setEnd, closed, running } = await start()
    setEnd(5n)
    await clock.sleep(300_000)
    await vi.waitFor(() => expect(joins.length).toBeGreaterThan(1), PATIENT)
    expect(closed()).toBeGreaterThan(0)
    expect(running.problem()).toBeNull()
  })

  it('is told of as stalled when three new starts have not helped, and not any more once it moves', async () => {
    const { clock, joins, setEnd, running, give, batch, counted } = await start()
    setEnd(5n)
    await vi.waitFor(async () => {
      await clock.sleep(60_000)
      expect(running.stalled()).toBe('partition 0 of p.sync-requests has lag but makes no progress')
    }, PATIENT)
    expect(joins.length).toBeGreaterThan(2)
    expect(await counted()).toMatchObject({
      'waldstream_consumer_failures_total{stage="tested",code="timed_out"}': expect.any(Number),
    })
    await vi.waitFor(() => expect(running.progress()).toHaveLength(1), PATIENT)
    await give(batch(['a', 'b', 'c', 'd', 'e']))
    expect(running.stalled()).toBeNull()
  })

  it('is known by its end before its consumer is given a batch, and its age from then on', async () => {
    const { clock, setEnd, running } = await start()
    const before = clock.now()
    setEnd(5n)
    await clock.sleep(30_000)
    expect(running.progress()).toMatchObject([{ end: 5n, oldestAt: expect.any(Number) }])
    expect(running.progress()[0]?.oldestAt).toBeGreaterThan(before)
  })

  // On a running system six idle groups were restarted at once, two minutes after each rebalance.
  it('is not one that has a history and nothing new: it is left alone for as long as it is idle', async () => {
    const { clock, joins, setEnd, setCommitted, running, assignAgain } = await start()
    setEnd(5n)
    setCommitted(5n)
    await assignAgain()
    await clock.sleep(1_200_000)
    expect(joins).toHaveLength(1)
    expect(running.problem()).toBeNull()
    await assignAgain()
    await clock.sleep(1_200_000)
    expect(joins).toHaveLength(1)
  })

  // After a restore the broker knows no offset of the group, and what has nothing new commits none.
  it('is not one that begins at its end, where only the table knows its position', async () => {
    const idle: number[] = []
    const positions = createPositions(memoryTables(positionTables))
    await positions.note('p.tested', 'p.sync-requests', 0, 5n)
    const onIdle = async (partitions: readonly number[]) => void idle.push(...partitions)
    const { clock, joins, setEnd, assignAgain } = await start(undefined, { onIdle }, { positions })
    setEnd(5n)
    await assignAgain()
    await clock.sleep(1_200_000)
    expect(joins).toHaveLength(1)
    expect(new Set(idle)).toEqual(new Set([0]))
  })

  it('is not one whose committed offset moves at the broker, whatever is known of it here', async () => {
    const { clock, joins, setEnd, setCommitted } = await start()
    setEnd(1_000n)
    for (let minute = 1; minute <= 10; minute += 1) {
      setCommitted(BigInt(minute))
      await clock.sleep(60_000)
    }
    expect(joins).toHaveLength(1)
  })

  it('is not one whose batch is slow: it is worked on, and its writes are seen', async () => {
    const fake = await start(async (_batch, context) => {
      for (let write = 0; write < 8; write += 1) {
        await fake.clock.sleep(60_000)
        context.assertOwned()
      }
    })
    fake.setEnd(5n)
    await fake.give(fake.batch(['a', 'b', 'c', 'd', 'e']))
    expect(fake.joins).toHaveLength(1)
  })

  it('is left alone while its records are held back on purpose: a target that is down is no fault of the stage', async () => {
    const { clock, joins, setEnd, running } = await start(undefined, { heldBack: () => 'netsuite is down' })
    setEnd(5n)
    await clock.sleep(300_000)
    expect(joins).toHaveLength(1)
    expect(running.problem()).toBeNull()
  })
})

describe('onTick', () => {
  it('is called between batches, with what the stage may do in the partition', async () => {
    const ticked: string[] = []
    const { clock } = await start(undefined, {
      async onTick({ topic, partition, assertOwned }) {
        assertOwned()
        ticked.push(`${topic} ${partition}`)
      },
    })
    await clock.sleep(3_500)
    expect(ticked.length).toBeGreaterThanOrEqual(2)
    expect(new Set(ticked)).toEqual(new Set(['p.sync-requests 0']))
  })
})
