import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import type { InventoryChanged } from '../../../src/events/generated/events.ts'
import { MAX_AHEAD_MS } from '../../../src/events/version.ts'
import type { EventCodec } from '../../../src/platform/codec.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { bench, pageOf, stock } from './support.ts'

const origin = { source: 'netsuite', entity: 'inventory', read: 'netsuite.inventory.all', taskId: 't1' } as const

describe('publishPage', () => {
  it('sends each entity once, under source|key, and reports it', async () => {
    const deps = bench()
    const counts = await publishPage(deps, origin, pageOf([stock('A', '1'), stock('B', '2')]))
    expect(counts).toEqual({ published: 2, unchanged: 0, unreadable: 0, capped: 0, shared: [] })
    expect(deps.producer.sent.map(({ topic, key }) => [topic, key])).toEqual([
      ['inventory', 'netsuite|A'],
      ['inventory', 'netsuite|B'],
    ])
    expect(deps.reported.map(({ taskId, result }) => [taskId, result.key, result.status])).toEqual([
      ['t1', 'A', 'new'],
      ['t1', 'B', 'new'],
    ])
  })

  it('reports what a reader warns of', async () => {
    const deps = bench()
    const warning = { code: 'key_case', message: 'A and a differ in case alone' }
    await publishPage(deps, origin, pageOf([{ ...stock('A', '1'), warning }, stock('B', '2')]))
    expect(deps.reported.map(({ result }) => [result.key, result.code, result.message])).toEqual([
      ['A', 'key_case', warning.message],
      ['B', null, null],
    ])
  })

  it('does not publish unchanged content again, whenever it is read (Guarantee 3)', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([stock('A', '1', 1000)]))
    const again = await publishPage(deps, { ...origin, taskId: 't2' }, pageOf([stock('A', '1.0', 2000)], 9000))
    expect(again).toMatchObject({ published: 0, unchanged: 1 })
    expect(deps.producer.sent).toHaveLength(1)
  })

  it('gives the same change the same event id', async () => {
    const [a, b] = [bench(), bench()]
    await publishPage(a, origin, pageOf([stock('A', '1')]))
    await publishPage(b, { ...origin, taskId: 'other' }, pageOf([stock('A', '1')], 7000))
    const ids = async (deps: typeof a) => (await deps.appended('inventory')).map(({ eventId }) => eventId)
    expect(await ids(a)).toEqual(await ids(b))
  })

  it.each(['before', 'after'] as const)(
    'A, B with the answer lost %s the append, then A again ends with A',
    async (when) => {
      const deps = bench()
      await publishPage(deps, origin, pageOf([stock('A', '1', 1000)]))
      deps.producer.failNext(when)
      await expect(publishPage(deps, origin, pageOf([stock('A', '2', 2000)]))).rejects.toThrow(/lost/)
      await publishPage(deps, origin, pageOf([stock('A', '1', 3000)]))
      const last = (await deps.appended('inventory')).at(-1)
      expect(last?.data.locations[0]?.available).toBe(100_000_000n)
      expect(last?.occurredAt).toBe(3000)
    },
  )

  it('of a worker that was frozen notes nothing over what another one published since (Guarantee 4)', async () => {
    const deps = bench()
    let thawed: () => void = () => undefined
    const frozen = new Promise<void>((resolve) => {
      thawed = resolve
    })
    const zombie = publishPage(deps, origin, pageOf([stock('A', '1', 1000)], 5000), () => frozen)
    await publishPage(deps, { ...origin, taskId: 't2' }, pageOf([stock('A', '2', 2000)], 6000))
    thawed()
    await zombie
    await publishPage(deps, { ...origin, taskId: 't3' }, pageOf([stock('A', '1', 3000)], 7000))
    expect((await deps.appended('inventory')).map(({ occurredAt }) => occurredAt)).toEqual([2000, 1000, 3000])
  })

  it('remembers the newest version of a content that came again, so that a late one counts as older (Guarantee 4)', async () => {
    const deps = bench()
    const lost = () => Promise.reject(new StreamError('lease_lost', 'it is another one now'))
    await publishPage(deps, origin, pageOf([stock('A', '1', 1000)], 5000))
    expect(await publishPage(deps, origin, pageOf([stock('A', '1', 3000)], 7000))).toMatchObject({ unchanged: 1 })
    const late = publishPage(deps, origin, pageOf([stock('A', '2', 2000)], 6000), lost)
    await expect(late).rejects.toMatchObject({ code: 'lease_lost' })
    expect(await deps.tables.get('published', { id: 'netsuite|inventory|A' })).toMatchObject({
      state: 'published',
      occurred_at: 3000,
    })
  })

  it('sends a content that came again while another one was on its way', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([stock('A', '1', 1000)], 5000))
    const noted = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const late = publishPage(deps, origin, pageOf([stock('A', '2', 2000)], 6000), () => {
      noted.resolve()
      return goOn.promise
    })
    await noted.promise
    await publishPage(deps, origin, pageOf([stock('A', '1', 3000)], 7000))
    goOn.resolve()
    await late
    const sent = (await deps.appended('inventory')).map(({ occurredAt }) => occurredAt)
    expect(sent.toSorted()).toEqual([1000, 2000, 3000])
  })

  it('does not send what another worker has taken over', async () => {
    const deps = bench()
    const lost = () => Promise.reject(new StreamError('lease_lost', 'it is another one now'))
    await expect(publishPage(deps, origin, pageOf([stock('A', '1')]), lost)).rejects.toMatchObject({
      code: 'lease_lost',
    })
    expect(deps.producer.sent).toEqual([])
    expect(await publishPage(deps, origin, pageOf([stock('A', '1')], 6000))).toMatchObject({ unchanged: 0 })
    expect(deps.producer.sent).toHaveLength(1)
  })

  it('gives what is there again after its deletion as the newer one, also with an older time, as after a restore', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([stock('A', '1', 3000)], 5000))
    await publishPage(deps, origin, pageOf([{ ...stock('A', '1', 3000), deleted: true }], 6000))
    // A page that was asked for before the deletion brings nothing back.
    await publishPage(deps, origin, pageOf([stock('A', '2', 1000)], 5500))
    await publishPage(deps, origin, pageOf([stock('A', '2', 1000)], 7000))
    const versions = (await deps.appended('inventory')).map(({ deleted, occurredAt, readAt }) => {
      return [deleted, occurredAt, readAt]
    })
    expect(versions.slice(1)).toEqual([
      [true, 3000, 6000],
      [false, 1000, 5500],
      [false, 3000, 7000],
    ])
    expect(await publishPage(deps, origin, pageOf([stock('A', '2', 1000)], 8000))).toMatchObject({ unchanged: 1 })
  })

  it.each(['before', 'after'] as const)('does so also when the answer to that was lost %s the append', async (when) => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([{ ...stock('A', '1', 3000), deleted: true }], 6000))
    deps.producer.failNext(when)
    await expect(publishPage(deps, origin, pageOf([stock('A', '2', 1000)], 7000))).rejects.toThrow(/lost/)
    await publishPage(deps, origin, pageOf([stock('A', '2', 1000)], 8000))
    expect((await deps.appended('inventory')).at(-1)).toMatchObject({ deleted: false, occurredAt: 3000, readAt: 8000 })
  })

  it('counts an entity that changes twice within a run once', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([stock('A', '1')]))
    expect(await publishPage(deps, origin, pageOf([stock('A', '2')]))).toMatchObject({ published: 0 })
    expect(deps.producer.sent).toHaveLength(2)
  })

  it('caps a time that lies too far ahead, and says so', async () => {
    const deps = bench()
    const counts = await publishPage(deps, origin, pageOf([stock('A', '1', 5001 + MAX_AHEAD_MS)], 5000))
    expect(counts.capped).toBe(1)
    expect((await deps.appended('inventory'))[0]?.occurredAt).toBe(5000)
  })

  it('keeps what can not be read as a dead letter, byte for byte, and goes on (Guarantees 2 and 5)', async () => {
    const deps = bench()
    const error = new StreamError('decimal_invalid', 'quantity: "x" is not a decimal number', { field: 'quantity' })
    const page = { ...pageOf([stock('B', '2')]), unreadable: [{ key: 'A', error, raw: '{"quantity":"x"}' }] }
    expect(await publishPage(deps, origin, page)).toMatchObject({ published: 1, unreadable: 1 })
    const [letter] = await deps.appended('dead-letters')
    expect(letter).toMatchObject({ code: 'decimal_invalid', field: 'quantity', key: 'A', stage: origin.read })
    expect(letter?.originalValue?.toString()).toBe('{"quantity":"x"}')
    expect(deps.reported.map(({ result }) => [result.key, result.status])).toEqual([
      ['B', 'new'],
      ['A', 'failed'],
    ])
  })

  it.each([
    ['has more than a record holds', { ...stock('A', '1'), data: huge('A') }, 'value_too_large'],
    ['has a key that no table takes', stock('A'.repeat(3000), '1'), 'value_too_large'],
    [
      'fits no schema',
      { ...stock('A', '1'), data: { ...stock('A', '1').data, sku: 1 as never } },
      'source_data_invalid',
    ],
  ] as const)('keeps as a dead letter what %s, and goes on (Guarantees 2 and 5)', async (_, wrong, code) => {
    const deps = bench({ codec: strict() })
    const page = pageOf([{ ...wrong, raw: '{"sku":"A"}' }, stock('B', '2')])
    expect(await publishPage(deps, origin, page)).toMatchObject({ published: 1, unchanged: 0, unreadable: 1 })
    expect((await deps.appended('inventory')).map(({ key }) => key)).toEqual(['B'])
    const [letter] = await deps.appended('dead-letters')
    expect(letter).toMatchObject({ code, stage: origin.read })
    expect(letter?.key.length).toBeLessThan(600)
    expect(letter?.originalValue?.toString()).toBe('{"sku":"A"}')
    expect(deps.reported.map(({ result }) => [result.key.slice(0, 1), result.status])).toEqual([
      ['B', 'new'],
      ['A', 'failed'],
    ])
    expect(await deps.tables.get('published', { id: 'netsuite|inventory|A' })).toBeUndefined()
  })

  it('names the attribute that makes an event larger than a record', async () => {
    const deps = bench()
    await publishPage(deps, origin, pageOf([{ ...stock('A', '1'), data: huge('A') }]))
    const [letter] = await deps.appended('dead-letters')
    expect(letter).toMatchObject({ code: 'value_too_large', field: 'data.attributes.text' })
    expect(letter?.message).toMatch(/the largest field is attributes\.text with 1100000 bytes/)
  })

  it("leaves out the source's own text where an event would be larger than a record", async () => {
    const deps = bench()
    const raw = JSON.stringify('x'.repeat(2_000_000))
    expect(await publishPage(deps, origin, pageOf([{ ...stock('A', '1'), raw }]))).toMatchObject({ published: 1 })
    expect(await deps.appended('inventory')).toMatchObject([{ key: 'A', raw: null }])
    expect(deps.producer.sent.every(({ value }) => value.length < 1_048_576)).toBe(true)
  })

  it('keeps of an original that no dead letter holds as much as it does, and says so', async () => {
    const deps = bench()
    const error = new StreamError('decimal_invalid', 'quantity: "x" is not a decimal number')
    const raw = 'x'.repeat(9_000_000)
    await publishPage(deps, origin, { ...pageOf([]), unreadable: [{ key: 'A', error, raw }] })
    const [letter] = await deps.appended('dead-letters')
    expect(letter?.originalValue?.length).toBe(3_000_000)
    expect(letter?.message).toMatch(/not a decimal number.*first 3000000 of 9000000 bytes/)
  })
})

/** Stock whose own content is more than a record holds. */
function huge(sku: string) {
  return { ...stock(sku, '1').data, attributes: { text: 'x'.repeat(1_100_000) } }
}

/** A codec that refuses what the schema does not have, as the real one. */
function strict(): EventCodec {
  const codec = memoryCodec()
  return {
    ...codec,
    encode(kind, event) {
      if (kind === 'inventory' && typeof (event as InventoryChanged).data.sku !== 'string') {
        throw new StreamError('source_data_invalid', 'inventory: data.sku does not match its schema')
      }
      return codec.encode(kind, event)
    },
  }
}
