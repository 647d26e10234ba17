import { beforeEach, describe, expect, it } from 'vitest'
import type { ResultPlaces } from '../../../src/events/generated/events.ts'
import { madeFromHeader } from '../../../src/events/headers.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { listStaged, type StagedFilter } from '../../../src/projections/list-staged.ts'
import { showStaged } from '../../../src/projections/show-staged.ts'
import { stagedOrdersStage, stagedStage } from '../../../src/projections/staged.ts'
import { projectionTables, STAGED } from '../../../src/projections/tables.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryCodec } from '../../memory/codec.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const place = (topic: string, offset: number, bytes = 10) => ({ topic, partition: 2, offset, bytes })
const read = (offset: number): ResultPlaces => ({ source: place('p.orders', offset), mapped: null })
const mapped = (from: number, offset: number): ResultPlaces => {
  return { source: place('p.orders', from), mapped: place('p.vendor-orders.erp', offset) }
}
const all: StagedFilter = { connection: 'c1', entity: 'orders', status: null, key: null, since: null, until: null }

let tables: Tables
beforeEach(() => {
  tables = memoryTables(projectionTables)
})
type Result = Parameters<typeof entityResult>[0]
const tell = async (stage: string, offset: number, result: Result, places: ResultPlaces) => {
  const batch = [statusRecord(stage, offset, [entityResult(result)], 't', [places])]
  await stagedStage({ tables, settleMs: 0 }).handle(batch, batchContext().context)
}
const row = async () => await tables.get(STAGED, { shelf: 'backend#c1#orders', id: '100#shop' })

describe('the projection', () => {
  it('tells how an order stands, where it is as read and as mapped, and what the target answered', async () => {
    await tell('route-orders', 1, { status: 'processing' }, read(7))
    await tell('deliver-erp', 2, { status: 'waiting', code: 'target_unavailable', message: 'down' }, mapped(7, 3))
    await tell('deliver-erp', 3, { status: 'succeeded', targetId: 'SO-1' }, mapped(7, 3))
    expect(await row()).toMatchObject({
      status: 'succeeded',
      stage: 'deliver-erp',
      target_id: 'SO-1',
      code: null,
      attempts: 2,
      task: 't',
      first_at: '1970-01-01T00:00:00.001Z',
      updated_at: '1970-01-01T00:00:00.003Z',
      source_place: { topic: 'p.orders', partition: 2, offset: 7 },
      mapped_place: { topic: 'p.vendor-orders.erp', offset: 3 },
    })
  })

  it('shows an order that its ERP has not come to yet, by the mapped event alone', async () => {
    const event = { ...vendorOrder('c1', '100'), source: 'shop' }
    const headers = Object.entries(madeFromHeader(place('p.orders', 7)))
    const record = {
      topic: 'p.vendor-orders.erp',
      partition: 2,
      offset: 3n,
      timestamp: 5,
      key: null,
      value: Buffer.from('xy'),
      headers: headers.map(([key, value]) => ({ key, value: Buffer.from(value) })),
    }
    const orders = stagedOrdersStage('erp', { tables })
    expect(orders.topics).toEqual(['vendor-orders.erp'])
    await orders.handle([{ record, event }], batchContext().context)
    const seen = await row()
    expect(seen).toMatchObject({ status: 'processing', source_place: { offset: 7, bytes: 10 } })
    expect(seen).toMatchObject({ mapped_place: { offset: 3, bytes: 2 } })
    // The stage's own report of it is one attempt, not a second.
    const { occurredAt, readAt } = event
    await tell('route-orders', 1, { status: 'processing', occurredAt, readAt }, read(7))
    expect(await row()).toMatchObject({ attempts: 1, mapped_place: { offset: 3 } })
  })

  it('takes nothing from an older version, and begins anew with a newer one', async () => {
    await tell('deliver-erp', 1, { status: 'succeeded', readAt: 3000, targetId: 'SO-1' }, mapped(8, 4))
    await tell('deliver-erp', 2, { status: 'failed', readAt: 2000 }, mapped(7, 3))
    expect(await row()).toMatchObject({ status: 'succeeded', mapped_place: { offset: 4 } })
    await tell('route-orders', 3, { status: 'processing', readAt: 4000 }, read(9))
    expect(await row()).toMatchObject({ status: 'processing', mapped_place: null, source_place: { offset: 9 } })
  })

  it('follows a version that is read from the topic again, whatever it ended with before', async () => {
    await tell('deliver-erp', 1, { status: 'succeeded' }, mapped(7, 3))
    await tell('route-orders', 2, { status: 'failed', code: 'mapping_failed' }, read(20))
    expect(await row()).toMatchObject({ status: 'failed', code: 'mapping_failed', mapped_place: null })
    await tell('deliver-erp', 3, { status: 'superseded' }, mapped(7, 3))
    expect(await row()).toMatchObject({ status: 'failed' })
  })

  it('changes nothing when a batch comes again, and leaves out what is of no connection', async () => {
    await tell('route-orders', 1, { status: 'processing' }, read(7))
    const before = await row()
    await tell('route-orders', 1, { status: 'processing' }, read(7))
    await tell('shop.orders.all', 0, { status: 'new', connection: null }, { source: null, mapped: null })
    expect(await row()).toEqual(before)
    expect(await tables.count(STAGED, { partition: 'backend#c1#orders' })).toBe(1)
  })

  it('loses no result when two partitions tell of one entity at once', async () => {
    await Promise.all([
      tell('route-orders', 1, { status: 'processing' }, read(7)),
      tell('deliver-erp', 2, { status: 'succeeded' }, mapped(7, 3)),
    ])
    expect(await row()).toMatchObject({ status: 'succeeded', source_place: { offset: 7 }, mapped_place: { offset: 3 } })
  })
})

describe('the list', () => {
  const keysOf = async (filter: Partial<StagedFilter>, limit = 100, after: string | null = null) => {
    const { rows, next } = await listStaged(tables, { ...all, ...filter }, limit, after)
    return { keys: rows.map(({ key }) => key), next }
  }
  beforeEach(async () => {
    const statuses = ['succeeded', 'failed', 'ignored', 'succeeded', 'waiting', 'succeeded', 'failed']
    for (const [n, status] of statuses.entries()) {
      await tell('deliver-erp', 1000 * (n + 1), { key: String(n), status }, mapped(n, n))
    }
    await tell('deliver-erp', 9000, { key: '0#1', status: 'failed' }, mapped(9, 9))
    await tell('deliver-erp', 9000, { key: '0', status: 'failed', connection: 'c2' }, mapped(9, 9))
  })

  it('has the last changed first, by status, key and time', async () => {
    expect((await keysOf({})).keys).toEqual(['0#1', '6', '5', '4', '3', '2', '1', '0'])
    expect((await keysOf({ status: 'failed' })).keys).toEqual(['0#1', '6', '1'])
    expect((await keysOf({ key: '0' })).keys).toEqual(['0'])
    expect((await keysOf({ key: '0', status: 'failed' })).keys).toEqual([])
    expect((await keysOf({ since: 3000, until: 5000 })).keys).toEqual(['3', '2'])
    expect((await keysOf({ status: 'succeeded', since: 3000, until: 6000 })).keys).toEqual(['3'])
  })

  it('gives every row once, page by page', async () => {
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof keysOf>> = await keysOf({}, 3, after)
      expect(page.keys.length).toBeGreaterThan(0)
      seen.push(...page.keys)
      after = page.next
    } while (after !== null)
    expect(seen).toEqual(['0#1', '6', '5', '4', '3', '2', '1', '0'])
    expect((await keysOf({}, 8)).next).toBeNull()
  })
})

describe('what is shown', () => {
  const codec = memoryCodec()
  const order = orderChanged(orderOf([lineOf('1', 'A-1')]), { raw: '{"secret":1}' })
  const values = new Map([
    ['p.orders', codec.encode('orders', order)],
    ['p.vendor-orders.erp', codec.encode('vendor-orders', vendorOrder('c1', '100'))],
  ])
  const asked: number[] = []
  const deps = {
    codec,
    topicPrefix: 'p.',
    reader: {
      read: async (
        places: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[],
      ) => {
        asked.push(places.length)
        return places.map(({ topic, partition, offset }) => {
          const value = offset === 404 ? undefined : offset === 500 ? Buffer.from([1]) : values.get(topic)
          if (value === undefined) return null
          return { topic, partition, offset: BigInt(offset), timestamp: 1, key: null, value, headers: [] }
        })
      },
    },
  }

  it('is the event as it was read and as it was mapped, in one read of the topics', async () => {
    await tell('deliver-erp', 1, { status: 'succeeded', targetId: 'SO-1' }, mapped(7, 3))
    await tell('deliver-erp', 2, { key: '101', status: 'failed', code: 'target_rejected' }, mapped(404, 4))
    asked.length = 0
    const page = await listStaged(tables, all, 10, null)
    const { items } = await showStaged(deps, page, 'events', true)
    expect(asked).toEqual([4])
    expect(items[0]).toMatchObject({
      as_read: { offset: 404, event: null, problem: 'the topic no longer has it' },
      answer: { code: 'target_rejected' },
    })
    expect(items[1]).toMatchObject({
      as_read: { event: { key: '000000001', data: { lines: [{ sku: 'A-1', rowTotal: '10' }] } }, problem: null },
      as_mapped: { event: { connection: 'c1', data: { orderNumber: '100' } } },
      answer: { target_id: 'SO-1', attempts: 1 },
    })
    expect(JSON.stringify(items)).not.toContain('secret')
    expect(JSON.stringify((await showStaged(deps, page, 'raw', true)).items)).toContain('secret')
    expect(JSON.stringify((await showStaged(deps, page, 'places', true)).items)).not.toContain('A-1')
  })

  it('says what can not be read instead of failing the page', async () => {
    await tell('deliver-erp', 1, { status: 'succeeded' }, { source: place('other', 1), mapped: null })
    const { items } = await showStaged(deps, await listStaged(tables, all, 10, null), 'events', true)
    expect(items[0]?.as_read).toMatchObject({ event: null, problem: expect.any(String) })
  })

  it('ends a page that would be too large earlier, and goes on after it', async () => {
    for (const key of ['1', '2', '3']) {
      const large = { source: place('p.orders', Number(key), 3_000_000), mapped: null }
      await tell('deliver-erp', Number(key), { key, status: 'succeeded' }, large)
    }
    const shown: string[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<typeof showStaged>> = await showStaged(
        deps,
        await listStaged(tables, all, 10, after),
        'events',
        true,
      )
      expect(page.items).toHaveLength(1)
      shown.push(...page.items.map(({ key }) => key))
      after = page.next
    } while (after !== null)
    expect(shown).toEqual(['3', '2', '1'])
  })
})
