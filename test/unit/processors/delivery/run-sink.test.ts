import { describe, expect, it } from 'vitest'
import { CONNECTIONS, REVISION_KEY } from '../../../../src/configuration/tables.ts'
import { pause, resume } from '../../../../src/control/pauses.ts'
import { NEVER, READS } from '../../../../src/control/read-holds.ts'
import { type ErrorCode, StreamError } from '../../../../src/errors.ts'
import { connectionOf } from '../../../data/processor-events.ts'
import { countingMeter } from '../../../worlds/metric-samples.ts'
import { type Deliver, gate, sinkWorld, system, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

const failing =
  (code: ErrorCode, times = Number.POSITIVE_INFINITY, keys?: readonly string[]): Deliver =>
  async (event, write) => {
    if (times > 0 && (keys === undefined || keys.includes(event.key))) {
      times -= 1
      throw new StreamError(code, `it is ${code}`)
    }
    write()
  }

describe('a sink as a stage', () => {
  it('has the name and topic of its system, and begins nowhere by itself', () => {
    const { stage } = sinkWorld(virtualClock()).worker()
    expect(stage).toMatchObject({
      name: 'deliver-netsuite',
      topics: ['vendor-orders.netsuite'],
      withoutPosition: 'refuse',
    })
  })

  it('delivers each key; of a key the newest version of the batch, wherever it stands', async () => {
    const world = sinkWorld(virtualClock())
    const batch = [world.append(version('1', 2)), world.append(version('1', 1)), world.append(version('2', 1))]
    expect((await world.worker().handle(...batch)).toSorted()).toEqual([
      '1 succeeded',
      '1 superseded older_version',
      '2 succeeded',
    ])
    expect(world.writes.toSorted()).toEqual(['a-1 v2', 'a-2 v1'])
  })

  it('delivers nothing older than what was delivered, and no equal content again', async () => {
    const world = sinkWorld(virtualClock())
    const { handle } = world.worker()
    await handle(world.append(version('1', 2)))
    expect(await handle(world.append(version('1', 1)))).toEqual(['1 superseded older_version'])
    expect(await handle(world.append({ ...version('1', 3), contentDigest: 'v2' }))).toEqual(['1 succeeded'])
    expect(world.writes).toEqual(['a-1 v2'])
    expect(await handle(world.append({ ...version('1', 2), contentDigest: 'other' }))).toEqual([
      '1 superseded older_version',
    ])
  })

  it('counts the calls that it saved, and those that it made once more', async () => {
    const { meter, counted } = countingMeter()
    const world = sinkWorld(virtualClock())
    const { handle } = world.worker({ meter, deliver: failing('rate_limited', 1) })
    await handle(world.append(version('1', 2)))
    await handle(world.append(version('1', 1)))
    await handle(world.append({ ...version('1', 3), contentDigest: 'v2' }))
    const labels = 'stage="deliver-netsuite",connection="a"'
    expect(await counted()).toEqual({
      [`waldstream_delivery_retries_total{${labels},code="rate_limited"}`]: 1,
      [`waldstream_deliveries_saved_total{${labels},reason="older_version"}`]: 1,
      [`waldstream_deliveries_saved_total{${labels},reason="unchanged"}`]: 1,
    })
  })

  it('calls a busy target again, and obeys the time it asks for', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    let calls = 0
    const worker = world.worker({
      deliver: async (_event, write) => {
        calls += 1
        if (calls === 1) throw new StreamError('rate_limited', 'busy', { retryAfterMs: 7_000 })
        write()
      },
    })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 succeeded'])
    expect(clock.slept).toContain(7_000)
  })

  it('parks at once what waits for an item, delivers the others, and releases it when the item is there', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({ deliver: failing('item_missing', 3, ['1']) })
    const batch = [world.append(version('1', 1)), world.append(version('2', 1))]
    expect((await worker.handle(...batch)).toSorted()).toEqual(['1 waiting item_missing', '2 succeeded'])
    expect(await world.parked()).toHaveLength(1)
    expect(await worker.tick()).toEqual([])
    const started = clock.now()
    const said: string[] = []
    while (said.length < 3) {
      await clock.sleep(1_000)
      said.push(...(await worker.tick()))
    }
    expect(said).toEqual(['1 waiting item_missing', '1 waiting item_missing', '1 succeeded'])
    // Pauses of at least 5, 10 and 20 s.
    expect(clock.now() - started).toBeGreaterThanOrEqual(35_000)
    expect(world.target.get('a-1')).toBe('v1')
    expect(await world.parked()).toEqual([])
  })

  it('lets a newer version take the place of a parked one', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({ deliver: failing('item_missing', 2) })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 waiting item_missing'])
    expect(await worker.handle(world.append(version('1', 2)))).toEqual([
      '1 waiting item_missing',
      '1 superseded older_version',
    ])
    expect(await world.parked()).toMatchObject([{ id: 'a|vendor-orders|1#00000000000000000001' }])
    expect(await worker.handle(world.append(version('1', 3)))).toEqual(['1 succeeded', '1 superseded older_version'])
    expect(await world.parked()).toEqual([])
    expect(world.writes).toEqual(['a-1 v3'])
  })

  it('sends no order of an older mapping, as a retried dead letter has it, over that of a newer one', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker()
    const mapped = (mappingRevision: number) => ({
      ...version('1', 1),
      contentDigest: `mapping ${mappingRevision}`,
      mappingRevision,
    })
    expect(await worker.handle(world.append(mapped(7)))).toEqual(['1 succeeded'])
    expect(await worker.handle(world.append(mapped(3)))).toEqual(['1 superseded older_version'])
    expect(await worker.handle(world.append(mapped(8)))).toEqual(['1 succeeded'])
    expect(world.writes).toHaveLength(2)
  })

  it('holds back what is not to be sent before a time, and delivers it then', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker()
    const late = { ...version('1', 1), sendAfter: clock.now() + 60_000 }
    expect(await worker.handle(world.append(late))).toEqual(['1 waiting held_back'])
    await clock.sleep(59_000)
    expect(await worker.tick()).toEqual([])
    expect(world.writes).toEqual([])
    await clock.sleep(1_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
    expect(world.writes).toEqual(['a-1 v1'])
  })

  it('forgets what it holds back when a newer version is to be sent at once', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker()
    await worker.handle(world.append(version('1', 1)))
    const takenBack = { ...version('1', 2), canceled: true, sendAfter: clock.now() + 60_000 }
    expect(await worker.handle(world.append(takenBack))).toEqual(['1 waiting held_back'])
    const released = { ...version('1', 3), contentDigest: 'v1' }
    expect(await worker.handle(world.append(released))).toEqual(['1 succeeded', '1 superseded older_version'])
    await clock.sleep(120_000)
    expect(await worker.tick()).toEqual([])
    expect(world.writes).toEqual(['a-1 v1'])
  })

  it('takes no key for another that begins as it does: each waits, and each is delivered', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({ deliver: failing('item_missing', 2) })
    // An SKU may have any character.
    expect(await worker.handle(world.append(version('1#2', 1)))).toEqual(['1#2 waiting item_missing'])
    expect(await worker.handle(world.append(version('1', 2)))).toEqual(['1 waiting item_missing'])
    await clock.sleep(60_000)
    expect((await worker.tick()).toSorted()).toEqual(['1 succeeded', '1#2 succeeded'])
  })

  it('makes a dead letter, byte for byte, of what waited for too long', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({ deliver: failing('item_missing'), timing: { parkedMs: 60_000 } })
    const waiting = world.append(version('1', 1))
    const said = await worker.handle(waiting)
    while (said.at(-1) === '1 waiting item_missing') {
      await clock.sleep(5_000)
      said.push(...(await worker.tick()))
    }
    expect(said.at(-1)).toBe('1 failed item_missing')
    expect(worker.deadLetters).toMatchObject([{ record: waiting.record, about: { connection: 'a', key: '1' } }])
    expect(worker.deadLetters[0]?.about.attempts).toBe(said.length)
    expect(await world.parked()).toEqual([])
  })

  it('reads a record that is too large for a row from its topic again', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({ deliver: failing('item_missing', 1) })
    const large = { ...version('1', 1), source: 'x'.repeat(300_000) }
    await worker.handle(world.append(large))
    await clock.sleep(10_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
  })

  it('parks one that alone gets a retryable error, and holds up nothing else', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const worker = world.worker({ deliver: failing('target_unavailable', 40, ['1']), probe: async () => undefined })
    const started = clock.now()
    const said = await worker.handle(world.append(version('1', 1)))
    expect(said).toEqual(['1 waiting target_unavailable'])
    expect(clock.now() - started).toBeLessThanOrEqual(2_000)
    expect(await worker.handle(world.append(version('2', 1)))).toEqual(['2 succeeded'])
    expect(worker.stage.heldBack?.()).toBeNull()
  })

  it('parks several that keep failing while the system answers a probe, and holds up later batches for seconds alone', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const bad = ['1', '2', '3']
    const worker = world.worker({
      deliver: failing('target_unavailable', Number.POSITIVE_INFINITY, bad),
      probe: async () => undefined,
    })
    const started = clock.now()
    const said = await worker.handle(...bad.map((key) => world.append(version(key, 1))))
    expect(said.toSorted()).toEqual(bad.map((key) => `${key} waiting target_unavailable`))
    expect(clock.now() - started).toBeLessThanOrEqual(60_000)
    expect(await worker.handle(world.append(version('4', 1)))).toEqual(['4 succeeded'])
  })

  it('reads and writes again within seconds what the target refused because it had changed', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const unclear: boolean[] = []
    const refused = failing('target_changed', 6)
    const worker = world.worker({
      naturalKey: false,
      deliver: async (event, write, signal, before) => {
        unclear.push(before.unclear)
        await refused(event, write, signal, before)
      },
    })
    const started = clock.now()
    const said = await worker.handle(world.append(version('1', 1)))
    expect(clock.now() - started).toBeLessThanOrEqual(2_000)
    expect(said).toEqual(['1 waiting target_changed'])
    while (said.at(-1) !== '1 succeeded') {
      await clock.sleep(1_000)
      said.push(...(await worker.tick()))
    }
    expect(clock.now() - started).toBeLessThanOrEqual(60_000)
    // Nothing was written: no earlier write has to come to its end.
    expect(unclear).not.toContain(true)
    expect(worker.stage.heldBack?.()).toBeNull()
  })

  it('gives nothing up while the system is down, tells it, and delivers all of it afterwards', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    const backAt = clock.now() + 3_600_000
    const down = async () => {
      if (clock.now() < backAt) throw new StreamError('target_unavailable', 'down')
    }
    const worker = world.worker({
      deliver: async (_event, write) => {
        await down()
        write()
      },
      probe: down,
    })
    const batch = ['1', '2', '3', '4'].map((key) => world.append(version(key, 1)))
    const handled = worker.handle(...batch)
    await clock.sleep(1_800_000)
    expect(worker.stage.heldBack?.()).toMatch(/^netsuite does not answer since/)
    expect(worker.stage.circuit?.()).toMatchObject({
      system: 'netsuite',
      open: { system: 'netsuite', code: 'target_unavailable', message: 'down' },
      waiting: expect.any(Number),
    })
    expect((await handled).toSorted()).toEqual(batch.map(({ event }) => `${event.key} succeeded`))
    expect(worker.stage.circuit?.()).toMatchObject({ open: null })
    expect(clock.now()).toBeLessThan(backAt + 300_000)
    expect(await world.parked()).toEqual([])
    expect(worker.deadLetters).toEqual([])
    expect(worker.stage.heldBack?.()).toBeNull()
  })

  it('says why the system is down without what it quotes of a person', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    let isBack = false
    const worker = world.worker({
      deliver: async (_event, write) => {
        if (!isBack) throw new StreamError('target_unavailable', 'overloaded by the order of Zoe@Example.com')
        write()
      },
    })
    const handled = worker.handle(...['1', '2', '3'].map((key) => world.append(version(key, 1))))
    await clock.sleep(600_000)
    expect(worker.stage.circuit?.().open?.message).toMatch(/^overloaded by the order of (?!.*Example)/)
    isBack = true
    await handled
  })

  it.each(['target_rejected', 'target_conflict'] as const)('dead-letters %s at once', async (code) => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({ deliver: failing(code) })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual([`1 failed ${code}`])
    expect(worker.deadLetters).toHaveLength(1)
  })

  it('records that the vendor refuses a cancellation, with the reason: no dead letter, and nothing is tried again', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({ deliver: failing('cancellation_refused') })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 ignored cancellation_refused'])
    expect(worker.deadLetters).toEqual([])
    expect(await world.parked()).toEqual([])
  })

  it('waits for what the vendor does with a cancellation, and records the answer', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    let code: ErrorCode = 'cancellation_requested'
    const worker = world.worker({ deliver: async (...given) => await failing(code)(...given) })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 waiting cancellation_requested'])
    code = 'cancellation_refused'
    await clock.sleep(700_000)
    expect(await worker.tick()).toEqual(['1 ignored cancellation_refused'])
    expect(await world.parked()).toEqual([])
  })

  it('throws when a table is gone', async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({ deliver: failing('table_unavailable') })
    await expect(worker.handle(world.append(version('1', 1)))).rejects.toMatchObject({ code: 'table_unavailable' })
  })

  it("takes no failure for the entity's own while it is ending", async () => {
    const world = sinkWorld(virtualClock())
    const worker = world.worker({
      deliver: async () => {
        worker.ending.abort(new Error('revoked'))
        throw new Error('socket closed')
      },
    })
    await expect(worker.handle(world.append(version('1', 1)))).rejects.toMatchObject({ code: 'stopping' })
    expect(worker.deadLetters).toEqual([])
  })

  it('ignores events of a connection that is gone', async () => {
    const world = sinkWorld(virtualClock())
    expect(await world.worker().handle(world.append(version('1', 1, 'gone')))).toEqual(['1 ignored connection_removed'])
  })

  it('keeps events of a connection that is new, until the configuration with it is here', async () => {
    const clock = virtualClock()
    const connections = [connectionOf('a', '^A')]
    const world = sinkWorld(clock, connections)
    await world.tables.put(CONNECTIONS, { ...REVISION_KEY, revision: 2 })
    const worker = world.worker()
    const order = world.append(version('1', 1, 'new'))
    expect(await worker.handle(order, world.append(version('2', 1)))).toEqual([
      '1 waiting connection_unknown',
      '2 succeeded',
    ])
    connections.push(connectionOf('new', '^B'))
    await clock.sleep(10_000)
    expect(await worker.tick()).toEqual(['1 succeeded'])
  })

  it('makes a dead letter of what waits for a configuration that does not come', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock)
    await world.tables.put(CONNECTIONS, { ...REVISION_KEY, revision: 2 })
    const worker = world.worker({ timing: { parkedMs: 60_000 } })
    const said = await worker.handle(world.append(version('1', 1, 'new')))
    while (said.at(-1) === '1 waiting connection_unknown') {
      await clock.sleep(5_000)
      said.push(...(await worker.tick()))
    }
    expect(said.at(-1)).toBe('1 failed configuration_missing')
    expect(worker.deadLetters).toHaveLength(1)
    expect(await world.parked()).toEqual([])
  })
})

describe('a connection whose entities keep failing', () => {
  const connections = [connectionOf('a', '^A'), connectionOf('b', '^B')]

  it('is paused at 15 of 20 keys, its records wait, and the others go on', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock, connections)
    let broken = true
    const worker = world.worker({
      deliver: async (event, write) => {
        if (broken && event.connection === 'a') throw new StreamError('target_rejected', 'no such field')
        write()
      },
    })
    for (let key = 1; key <= 18; key += 1) {
      await worker.handle(world.append(version(String(key), 1)), world.append(version(String(key), 1, 'b')))
    }
    expect(worker.deadLetters).toHaveLength(14)
    expect(await world.pauses()).toMatchObject([
      { stage: 'deliver-netsuite', connection: 'a', code: 'target_rejected', message: 'no such field' },
    ])
    expect(await world.parked()).toHaveLength(4)
    expect(world.writes.filter((write) => write.startsWith('b-'))).toHaveLength(18)
    expect(await worker.tick()).toEqual([])
    // A probe finds that it is still wrong; the next one that it is not.
    await clock.sleep(200_000)
    expect(await worker.tick()).toEqual(['16 waiting target_rejected'])
    broken = false
    await clock.sleep(200_000)
    expect(await worker.tick()).toEqual(['17 succeeded'])
    expect(await world.pauses()).toEqual([])
    expect((await worker.tick()).toSorted()).toEqual(['15 succeeded', '16 succeeded', '18 succeeded'])
    expect(await world.parked()).toEqual([])
  })

  it('is not paused by orders that their vendor has begun, however many the shop changes or refunds', async () => {
    const world = sinkWorld(virtualClock(), connections)
    const worker = world.worker({ deliver: failing('target_conflict') })
    for (let key = 1; key <= 20; key += 1) {
      expect(await worker.handle(world.append(version(String(key), 1)))).toEqual([`${key} failed target_conflict`])
    }
    expect(await world.pauses()).toEqual([])
    expect(worker.deadLetters).toHaveLength(20)
  })

  it.each(['credentials_refused', 'permission_missing'] as const)('is paused at once by %s', async (code) => {
    const world = sinkWorld(virtualClock(), connections)
    const worker = world.worker({ deliver: failing(code, 1) })
    expect(await worker.handle(world.append(version('1', 1)))).toEqual([`1 waiting ${code}`])
    expect(await worker.handle(world.append(version('2', 1)))).toEqual([`2 waiting ${code}`])
    expect(await worker.handle(world.append(version('2', 1, 'b')))).toEqual(['2 succeeded'])
    expect(worker.deadLetters).toEqual([])
  })

  it('goes on when the pause is deleted, with the newest version of each key', async () => {
    const world = sinkWorld(virtualClock(), connections)
    const worker = world.worker({ deliver: failing('credentials_refused', 1) })
    await worker.handle(world.append(version('1', 1)))
    expect(await worker.handle(world.append(version('1', 2)))).toEqual([
      '1 waiting credentials_refused',
      '1 superseded older_version',
    ])
    expect(await resume(world.tables, 'deliver-netsuite', 'a')).toBe(true)
    expect(await worker.tick()).toEqual(['1 succeeded'])
    expect(world.writes).toEqual(['a-1 v2'])
  })

  it('stays held by a person who held it while a record was tried, also if that record is delivered', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock, connections)
    const { pass, entered, open } = gate()
    const refused = failing('credentials_refused', 1)
    let tried = 0
    const worker = world.worker({
      async deliver(event, write, signal, before) {
        tried += 1
        if (tried > 1) await pass()
        await refused(event, write, signal, before)
      },
    })
    await worker.handle(world.append(version('1', 1)))
    await worker.handle(world.append(version('2', 1)))
    await clock.sleep(200_000)
    const trying = worker.tick()
    await entered
    await resume(world.tables, 'deliver-netsuite', 'a')
    const place = { stage: 'deliver-netsuite', connection: 'a' }
    const held = { ...place, code: 'held', message: 'until Monday (ann)', since: 'now', probe_at: NEVER }
    await pause(world.tables, held)
    open()
    expect(await trying).toEqual(['2 succeeded'])
    expect(await world.pauses()).toEqual([held])
    expect(await worker.tick()).toEqual([])
    expect(world.writes).toEqual(['a-2 v1'])
  })
})

describe('what is switched off', () => {
  const [a, b] = [connectionOf('a', '^A'), connectionOf('b', '^B')]
  const connections = [a, b]
  const off = { enabled: false }
  const held = { code: 'held', message: 'until Monday (ann)', since: 'now', probe_at: 9_000_000 }
  type World = ReturnType<typeof sinkWorld>

  it.each([
    ['a connection, by its document', ['a'], (world: World) => world.configure({ connections: [{ ...a, ...off }, b] })],
    ['a system, by its document', ['a', 'b'], (world: World) => world.configure({ systems: [{ ...system, ...off }] })],
    [
      'a connection, by hand',
      ['a'],
      (world: World) => pause(world.tables, { stage: 'deliver-netsuite', connection: 'a', ...held }),
    ],
    [
      'a system, by hand',
      ['a', 'b'],
      (world: World) => pause(world.tables, { stage: READS, connection: 'netsuite', ...held }),
    ],
    [
      'a stage, by hand',
      ['a', 'b'],
      (world: World) => pause(world.tables, { stage: 'deliver-netsuite', connection: '*', ...held }),
    ],
  ] as const)('waits, untried, and is delivered when it goes on: %s', async (_what, waiting, switchOff) => {
    const clock = virtualClock()
    const world = sinkWorld(clock, connections)
    const worker = world.worker()
    await switchOff(world)
    const versions = ['a', 'b'].flatMap((id) => [version('1', 1, id), version('2', 1, id)])
    await worker.handle(...versions.map((one) => world.append(one)))
    const all = ['a-1 v1', 'a-2 v1', 'b-1 v1', 'b-2 v1']
    const others = all.filter((write) => !waiting.some((id) => write.startsWith(id)))
    expect(world.writes.toSorted()).toEqual(others)
    // A paused connection would be tried by now.
    await clock.sleep(200_000)
    await worker.tick()
    expect(world.writes.toSorted()).toEqual(others)
    world.configure({ connections, systems: [system] })
    await clock.sleep(held.probe_at)
    await worker.tick()
    expect(world.writes.toSorted()).toEqual(all)
    expect(await world.pauses()).toEqual([])
    expect(await world.parked()).toEqual([])
  })

  it('is not held any more when its time is over, also if nothing of it waits', async () => {
    const clock = virtualClock()
    const world = sinkWorld(clock, connections)
    await pause(world.tables, { stage: 'deliver-netsuite', connection: 'a', ...held })
    await clock.sleep(held.probe_at)
    const worker = world.worker()
    expect(await worker.handle(world.append(version('1', 1, 'b')))).toEqual(['1 succeeded'])
    expect(await world.pauses()).toEqual([])
    expect(await worker.handle(world.append(version('1', 1)))).toEqual(['1 succeeded'])
  })
})
