import { describe, expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { listPauses, pause, resume } from '../../../src/control/pauses.ts'
import { NEVER } from '../../../src/control/read-holds.ts'
import { StreamError } from '../../../src/errors.ts'
import type { InventoryChanged } from '../../../src/events/generated/events.ts'
import type { Decoded } from '../../../src/platform/runtime/stage.ts'
import { mapInventory } from '../../../src/processors/map-inventory.ts'
import type { ProcessContext, Processor } from '../../../src/processors/processor.ts'
import { processorStage } from '../../../src/processors/run-processor.ts'
import { processorTables } from '../../../src/processors/tables.ts'
import { connectionOf, inventoryChanged } from '../../data/processor-events.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { fakeStage } from '../../worlds/fake-stage.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const read = readOf('netsuite', 'inventory', 100)
const connection = (id: string) => connectionOf(id, '.*', { reads: [read.id] })
const configuration: Configuration = {
  revision: 1,
  systems: [uncheckedSystem({ id: 'netsuite', type: 'netsuite', address: 'https://system.example', reads: [read] })],
  connections: [connection('bad'), connection('good')],
  metadata: [],
}

const prepare = () => {
  const { log, context, producer, reporter } = fakeStage()
  const tables = memoryTables(processorTables)
  const codec = memoryCodec()
  const clock = manualClock(1_000)
  let broken = true
  let blocked: string | null = null
  let meanwhile = async () => {}
  const mapping: Processor<'inventory'> = {
    ...mapInventory,
    async process(event: InventoryChanged, { connections, metadataOf }: ProcessContext) {
      await meanwhile()
      if (event.key === blocked) throw new StreamError('concurrent_change', 'the configuration is not here yet')
      const fails = (id: string) => broken && id === 'bad'
      const healthy = connections.filter(({ id }) => !fails(id))
      const mapped = await mapInventory.process(event, { metadataOf, connections: healthy }, undefined)
      const error = new StreamError('mapping_failed', 'the metadata is wrong')
      const failed = connections.filter(({ id }) => fails(id))
      const decisions = failed.map(({ id }) => ({ connection: id, status: 'failed' as const, error }))
      return { ...mapped, decisions: [...mapped.decisions, ...decisions] }
    },
  }
  const stage = processorStage(mapping, {
    producer,
    reporter,
    codec,
    tables,
    clock,
    logger: silentLogger,
    topicPrefix: '',
    configuration: () => configuration,
    log: { read: async () => null },
    guardTiming: { pausesEveryMs: 0, probeEveryMs: 1_000, threshold: { window: 4, most: 3 } },
  })
  let offset = 0n
  const stock = (sku: string): Decoded<'inventory'> => {
    const event = inventoryChanged(sku, { '1': ['2', '1'] })
    const at = { topic: 'inventory', partition: 3, offset, timestamp: 0, key: null, headers: [] }
    offset += 1n
    return { event, record: { ...at, value: codec.encode('inventory', event) } }
  }
  const sent = () => log.sent.splice(0).map(({ key }) => key)
  const said = () => {
    return log.results.splice(0).map(({ result: { connection: id, key, status } }) => `${id} ${key} ${status}`)
  }
  const mend = () => {
    broken = false
  }
  const block = (sku: string | null) => {
    blocked = sku
  }
  /** Happens while the next record is processed. */
  const during = (act: () => Promise<void>) => {
    meanwhile = async () => {
      meanwhile = async () => {}
      await act()
    }
  }
  const tick = async () => await stage.onTick?.(context)
  return { log, context, stage, tables, clock, stock, sent, said, mend, block, during, tick }
}

describe('a processor whose mapping of one connection is wrong', () => {
  it('pauses that connection, parks its records, and goes on with the others', async () => {
    const { stage, context, log, stock, sent, said, tables } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    expect(log.deadLetters.map(({ about }) => [about.connection, about.key])).toEqual([
      ['bad', '1'],
      ['bad', '2'],
    ])
    expect(sent()).toEqual(['1', '2', '3', '4'].map((sku) => `good|netsuite|${sku}`))
    expect(said().filter((line) => line.startsWith('bad'))).toEqual([
      'bad 1 failed',
      'bad 2 failed',
      'bad 3 waiting',
      'bad 4 waiting',
    ])
    expect(await listPauses(tables, 'map-inventory')).toMatchObject([{ connection: 'bad', code: 'mapping_failed' }])
  })

  it('sends what waited, for that connection alone and in its order, when the pause is deleted', async () => {
    const { stage, context, stock, sent, said, mend, tick, tables } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    sent()
    said()
    await tick()
    expect(sent()).toEqual([])
    mend()
    await resume(tables, 'map-inventory', 'bad')
    await tick()
    expect(sent()).toEqual(['bad|netsuite|3', 'bad|netsuite|4'])
    expect(said()).toEqual(['bad 3 processing', 'bad 4 processing'])
    await tick()
    expect(sent()).toEqual([])
  })

  it('tries one record from time to time, and goes on when it can be mapped', async () => {
    const { stage, context, log, stock, sent, mend, tick, clock, tables } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    sent()
    clock.set(3_000)
    await tick()
    expect(sent()).toEqual([])
    expect(log.deadLetters).toHaveLength(2)
    mend()
    await tick()
    expect(sent()).toEqual([])
    clock.set(5_000)
    await tick()
    expect(sent()).toHaveLength(1)
    expect(await listPauses(tables)).toEqual([])
    await tick()
    expect(sent()).toHaveLength(1)
  })

  it('stays held by a person who held it while a record was tried', async () => {
    const { stage, context, stock, sent, mend, during, tick, clock, tables } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    sent()
    mend()
    clock.set(3_000)
    const place = { stage: 'map-inventory', connection: 'bad' }
    const held = { ...place, code: 'held', message: 'until Monday (ann)', since: 'now', probe_at: NEVER }
    during(async () => {
      await resume(tables, 'map-inventory', 'bad')
      await pause(tables, held)
    })
    await tick()
    expect(sent()).toEqual(['bad|netsuite|3'])
    expect(await listPauses(tables)).toEqual([held])
    await tick()
    expect(sent()).toEqual([])
  })

  it('takes up the others where one can not be read any more, and leaves that one for later', async () => {
    const { stage, context, stock, sent, mend, tick, clock, tables } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    sent()
    const [row] = await tables.query('parked', { partition: 'map-inventory#3' })
    const original = { key: null, value: Buffer.from('cut').toString('base64'), headers: [] }
    await tables.put('parked', { ...row, original })
    mend()
    await resume(tables, 'map-inventory', 'bad')
    await tick()
    expect(sent()).toEqual(['bad|netsuite|4'])
    await tables.put('parked', { ...row, release_at: '000000000002000' })
    clock.set(2_000)
    await tick()
    expect(sent()).toEqual(['bad|netsuite|3'])
  })

  it('does not send again what was taken up before one that has to wait for something else', async () => {
    const { stage, context, stock, sent, said, mend, tick, tables, block } = prepare()
    await stage.handle(['1', '2', '3', '4'].map(stock), context)
    sent()
    said()
    mend()
    block('4')
    await resume(tables, 'map-inventory', 'bad')
    await expect(tick()).rejects.toMatchObject({ code: 'concurrent_change' })
    expect([sent(), said()]).toEqual([['bad|netsuite|3'], ['bad 3 processing']])
    await expect(tick()).rejects.toMatchObject({ code: 'concurrent_change' })
    block(null)
    await tick()
    expect([sent(), said()]).toEqual([['bad|netsuite|4'], ['bad 4 processing']])
  })
})
