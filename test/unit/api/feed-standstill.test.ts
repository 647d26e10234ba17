import { describe, expect, it } from 'vitest'
import { noteChange } from '../../../src/configuration/changes.ts'
import { encodeConnection } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../../src/control/tables.ts'
import { isoTime } from '../../../src/events/times.ts'
import { rowsOf } from '../../../src/platform/dynamodb/rows.ts'
import { evolveStaged, stagedRows } from '../../../src/projections/staged-row.ts'
import { entityResult } from '../../data/sync-status.ts'
import { agingFeed, FEED, MINUTE_MS, READ, rows } from '../../worlds/aging-feed.ts'

type World = Awaited<ReturnType<typeof agingFeed>>

const START = Date.UTC(2026, 0, 31, 8)
const at = (minutes: number): string => isoTime(START + minutes * MINUTE_MS)

/** A run of the read ends now; it read everything before `until`. */
const endRun = ({ api }: World, until: number, read = READ) =>
  api.tables.update(
    SYNC_CONTROL,
    { read },
    { set: { cut_date: at(until), read_until: { until: at(until), at: isoTime(api.clock.time) } } },
  )

/** The map stage has processed everything that was appended before. */
async function mapped({ api: { operations, clock } }: World, until = (clock.time - START) / MINUTE_MS) {
  const { positions, topicPrefix } = operations
  const place = [`${topicPrefix}map-inventory`, `${topicPrefix}inventory`, 0] as const
  await positions.note(...place, 1n)
  await positions.noteUntil(...place, START + until * MINUTE_MS)
}

/** A stage reports a change of SKU A. */
async function report({ api }: World, stage: string, status: string, version: number, key = 'A') {
  const entity = { entity: 'inventory', source: 'vendor', key, occurredAt: version, readAt: api.clock.time }
  const result = { ...entityResult({ ...entity, status, code: 'mapping_failed' }), connection: 'shop-vendor' }
  const place = { source: { topic: 'inventory', partition: 0, offset: version, bytes: 1 }, mapped: null }
  const row = evolveStaged(undefined, { stage, at: api.clock.time, offset: version, task: null, result, places: place })
  await rowsOf(api.tables, stagedRows).put(row)
}

const asOfA = async ({ api }: World) => (await api.get(`${FEED}&source=vendor`)).json.items[0].as_of

describe('a row is no fresher than our own pipeline', () => {
  it('where the map stage does not go on', async () => {
    const world = await agingFeed({ policy: 'zero' })
    await mapped(world)
    await world.pass(31)
    await endRun(world, 31)
    const { json, headers } = await world.api.get(`${FEED}&source=vendor`)
    expect([json.items[0].as_of, headers['as-of']]).toEqual([at(0), at(0)])
    expect(rows(json.items)).toEqual(['A 0 false'])
    expect(json.items[0].stale.reason).toBe(
      `what was read from vendor is in the feed up to ${at(0)} only, more than 30 minutes ago: a stage of ours does not go on`,
    )
    await mapped(world)
    expect(rows((await world.api.get(`${FEED}&source=vendor`)).json.items)).toEqual(['A 5 true'])
  })

  it('where the projector does not go on', async () => {
    const world = await agingFeed({ policy: 'hold' })
    world.api.clock.time += 31 * MINUTE_MS
    await endRun(world, 31)
    await mapped(world)
    expect(await asOfA(world)).toBe(at(0))
    expect(rows((await world.api.get(`${FEED}&source=vendor`)).json.items)).toEqual(['A 5 false'])
    await world.api.idle()
    expect(await asOfA(world)).toBe(isoTime(START + 31 * MINUTE_MS - world.api.settleMs))
  })

  it('by as much as the run took: what it published last was appended at its end', async () => {
    const world = await agingFeed()
    world.api.clock.time += 10 * MINUTE_MS
    await world.api.idle()
    await endRun(world, 0)
    await mapped(world, 5)
    expect(await asOfA(world)).toBe(at(-5))
    await mapped(world, 10)
    world.api.clock.time += MINUTE_MS
    await world.api.idle()
    expect(await asOfA(world)).toBe(at(0))
  })

  it('and says nothing of it where no progress is known, as after an upgrade', async () => {
    const world = await agingFeed()
    await world.pass(31)
    await world.readNow()
    expect(await asOfA(world)).toBe(at(31))
  })
})

describe('a row whose change is held back', () => {
  it.each([
    ['map-inventory', 'failed', 'failed at map-inventory (mapping_failed)'],
    ['map-inventory', 'waiting', 'waits at map-inventory (mapping_failed)'],
    ['project-inventory', 'failed', 'failed at project-inventory (mapping_failed)'],
  ])('at %s (%s) is as old as the change, and stale after a while', async (stage, status, reason) => {
    const world = await agingFeed({ policy: 'zero' })
    await world.api.project(0, world.stock('B'))
    await report(world, stage, status, 1)
    await world.pass(30)
    await world.readNow()
    const { items } = (await world.api.get(`${FEED}&source=vendor`)).json
    expect(items.map(({ as_of }: { as_of: string }) => as_of)).toEqual([at(0), at(30)])
    expect(rows(items)).toEqual(['A 5 true', 'B 5 true'])
    await world.pass(1)
    const later = (await world.api.get(`${FEED}&source=vendor`)).json.items
    expect(rows(later)).toEqual(['A 0 false', 'B 5 true'])
    expect(later[0].stale.reason).toBe(`a change read from vendor at ${at(0)}, more than 30 minutes ago, ${reason}`)
  })

  it('is not one that waits behind the feed, or that ended', async () => {
    const world = await agingFeed({ policy: 'zero' })
    await report(world, 'deliver-shop:shop-inventory', 'waiting', 1)
    await world.pass(31)
    await world.readNow()
    expect(await asOfA(world)).toBe(at(31))
    await report(world, 'map-inventory', 'canceled', 2)
    expect(await asOfA(world)).toBe(at(31))
  })

  it('comes again to a reader by cursor when it becomes stale, and when it is no longer held', async () => {
    const world = await agingFeed({ policy: 'zero' })
    await world.poll()
    await report(world, 'map-inventory', 'failed', 1)
    await world.pass(31)
    await world.readNow()
    expect(rows((await world.poll()).items)).toEqual(['A 0 false'])
    expect((await world.poll()).items).toEqual([])
    await report(world, 'map-inventory', 'canceled', 2)
    expect(rows((await world.poll()).items)).toEqual(['A 5 true'])
    expect((await world.poll()).items).toEqual([])
  })

  it('counts for its whole source where there are too many to know the rows', async () => {
    const world = await agingFeed({ policy: 'zero' })
    for (let index = 0; index <= 1_000; index += 1) await report(world, 'map-inventory', 'waiting', 1, `X${index}`)
    await world.pass(31)
    await world.readNow()
    expect(rows((await world.api.get(`${FEED}&source=vendor`)).json.items)).toEqual(['A 0 false'])
  })
})

describe('a cut date set by hand', () => {
  it('changes nothing of what was read, however often it is set', async () => {
    const world = await agingFeed()
    await endRun(world, 0)
    const set = async (revision: number, before: number, cut: number) => {
      const change = { at: '', by: 'ann', reason: 'skip', revision, before: at(before), after: at(cut) }
      const values = { cut_date: at(cut), revision, cut_date_change: change }
      await world.api.tables.update(SYNC_CONTROL, { read: READ }, { set: values })
    }
    await set(7, 0, 20)
    await set(8, 20, 25)
    expect(await asOfA(world)).toBe(at(0))
  })
})

describe('the policy of a connection that does not run', () => {
  const stock = async ({ api }: World) => {
    const { items } = (await api.get(`${FEED}&source=vendor`)).json
    return [rows(items)[0], items[0].as_of, items[0].stale?.reason]
  }
  const note = (world: World, before: object | null, after: object | null, minute: number) =>
    noteChange(world.api.tables, {
      at: at(minute),
      by: 'ann',
      kind: 'connection',
      id: 'shop-vendor',
      revision: minute,
      reason: null,
      before,
      after,
    })
  const write = ({ api }: World, document: unknown) =>
    api.tables.put(CONNECTIONS, { kind: 'connection', id: 'shop-vendor', document })

  it('stays that of its document, at once, where something else in it cannot be read', async () => {
    const world = await agingFeed({ policy: 'hold' })
    await write(world, { ...encodeConnection(world.connection), reads: 'all' })
    const why =
      'the connection shop-vendor does not run: its document, or that of its shop, vendor or mapping, cannot be read'
    expect(await stock(world)).toEqual(['A 5 false', null, why])
  })

  it('is the strictest where it cannot be read itself, and was never known', async () => {
    const world = await agingFeed({ policy: 'hold' })
    await write(world, { ...encodeConnection(world.connection), staleStock: { policy: 'halve' } })
    expect((await stock(world))[0]).toBe('A 0 false')
  })

  it('is the last that can be read where it cannot be read itself', async () => {
    const world = await agingFeed({ policy: 'hold' })
    const broken = { ...encodeConnection(world.connection), staleStock: { policy: 'halve' } }
    await note(world, null, encodeConnection(world.connection), 1)
    await note(world, encodeConnection(world.connection), broken, 2)
    await write(world, broken)
    expect((await stock(world))[0]).toBe('A 5 false')
  })

  it('stays after the connection was removed', async () => {
    const world = await agingFeed({ policy: 'zero' })
    await world.poll()
    await note(world, encodeConnection(world.connection), null, 1)
    await world.api.tables.delete(CONNECTIONS, { kind: 'connection', id: 'shop-vendor' })
    expect(await stock(world)).toEqual(['A 0 false', null, 'the connection shop-vendor was removed'])
    expect(rows((await world.poll()).items)).toEqual(['A 0 false', 'F 0 false'])
  })

  it('applies where a system of the connection cannot be read', async () => {
    const world = await agingFeed({ policy: 'zero' })
    await world.api.tables.put(CONNECTIONS, { kind: 'system', id: world.connection.vendor, document: {} })
    expect((await stock(world))[0]).toBe('A 0 false')
  })

  it('stays for what may be sold, too, where something else or the policy itself cannot be read', async () => {
    const world = await agingFeed()
    const sold = { ...encodeConnection(world.connection), sellableStock: { buffer: { fixed: 3 } } }
    await write(world, { ...sold, reads: 'all' })
    expect((await stock(world))[0]).toBe('A 2 true')
    const broken = { ...sold, sellableStock: { buffer: 'all' } }
    await note(world, null, sold, 1)
    await note(world, sold, broken, 2)
    await write(world, broken)
    expect((await stock(world))[0]).toBe('A 2 true')
  })

  it('is still none where the connection had none', async () => {
    const world = await agingFeed()
    await write(world, { ...encodeConnection(world.connection), reads: 'all' })
    expect(await stock(world)).toEqual(['A 5 true', null, undefined])
  })
})
