import { beforeEach, describe, expect, it } from 'vitest'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { type EntityRow, evolveEntity } from '../../../src/projections/entity-row.ts'
import { projectionTables, SYNC_ENTITIES } from '../../../src/projections/tables.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const READ = 'shop.orders.all'

describe('an entity row', () => {
  type Told = readonly [stage: string, at: number, status: string, readAt?: number]
  const rowAfter = (...told: readonly Told[]): EntityRow | undefined =>
    told.reduce<EntityRow | undefined>((row, [stage, at, status, readAt = 2000]) => {
      return evolveEntity(row, { taskId: 't', stage, at, offset: at, result: entityResult({ status, readAt }) })
    }, undefined)
  const status = (...told: readonly Told[]) => rowAfter(...told)?.status

  it('moves on from stage to stage', () => {
    const row = rowAfter(
      ['route-orders', 1, 'processing'],
      ['deliver-erp', 2, 'waiting'],
      ['deliver-erp', 3, 'succeeded'],
    )
    expect(row).toMatchObject({ status: 'succeeded', stage: 'deliver-erp', attempts: 2 })
    expect(row?.history.map((change) => change.status)).toEqual(['processing', 'waiting', 'succeeded'])
  })

  it('does not go back when results of stages come in another order', () => {
    expect(status(['deliver-erp', 2, 'succeeded'], ['route-orders', 3, 'processing'])).toBe('succeeded')
    expect(status(['deliver-erp', 2, 'waiting'], ['route-orders', 3, 'processing'])).toBe('waiting')
    expect(status(['deliver-erp', 2, 'failed'], ['route-orders', 3, 'processing'])).toBe('failed')
  })

  it('of a row that is pushed ends at the shop, in whatever order feed, push and shop are heard', () => {
    const told: Told[] = [
      ['map-products', 1, 'processing'],
      ['project-products', 2, 'processing'],
      ['push-products', 3, 'processing'],
      ['deliver-shop:shop-products', 4, 'succeeded'],
    ]
    expect(status(...told)).toBe('succeeded')
    expect(status(...told.toReversed())).toBe('succeeded')
    expect(status(...told.slice(0, 3))).toBe('processing')
  })

  it('stays at its end when the same version is handed over again', () => {
    expect(status(['project-products', 1, 'succeeded'], ['project-products', 2, 'superseded'])).toBe('succeeded')
  })

  it('begins anew with a newer version, and takes nothing from an older one', () => {
    expect(status(['deliver-erp', 1, 'succeeded'], ['route-orders', 2, 'processing', 3000])).toBe('processing')
    expect(status(['deliver-erp', 1, 'succeeded', 3000], ['deliver-erp', 2, 'failed', 2000])).toBe('succeeded')
  })

  it('leads on from a failure by a retry, also by one that ends earlier', () => {
    expect(status(['deliver-erp', 1, 'failed'], ['deliver-erp', 5, 'succeeded'])).toBe('succeeded')
    expect(status(['map-products', 1, 'failed'], ['map-products', 5, 'processing'])).toBe('processing')
    expect(status(['deliver-erp', 1, 'failed'], ['route-orders', 5, 'ignored'])).toBe('ignored')
  })

  it('goes by the order of the records of one stage, whose next owner may have a slow clock', () => {
    const told = (at: number, offset: number, state: string) => {
      return { taskId: 't', stage: 'deliver-erp', at, offset, result: entityResult({ status: state }) }
    }
    const waiting = evolveEntity(undefined, told(100, 1, 'waiting'))
    expect(evolveEntity(waiting, told(90, 2, 'succeeded')).status).toBe('succeeded')
    expect(evolveEntity(waiting, told(100, 1, 'succeeded')).status).toBe('succeeded')
    expect(evolveEntity(waiting, told(110, 0, 'processing'))).toBe(waiting)
  })

  it('counts attempts and remembers ten changes', () => {
    const row = rowAfter(...Array.from({ length: 12 }, (_, n) => ['deliver-erp', n, 'failed'] as const))
    expect(row?.attempts).toBe(12)
    expect(row?.history).toHaveLength(10)
    expect(row?.history.at(-1)?.at).toBe(new Date(11).toISOString())
  })

  it('is the same row when nothing new is told', () => {
    const row = rowAfter(['deliver-erp', 1, 'failed'])
    const again = { taskId: 't', stage: 'deliver-erp', at: 1, offset: 1, result: entityResult({ status: 'failed' }) }
    expect(evolveEntity(row, again)).toBe(row)
  })
})

describe('the stage', () => {
  let tables: Tables
  beforeEach(() => {
    tables = memoryTables(projectionTables)
  })
  const rowOf = async (entity: string) => await tables.get(SYNC_ENTITIES, { task: 't', entity })

  it('writes a row per connection, and one for what is not routed', async () => {
    const batch = [
      statusRecord(READ, 1, [entityResult({ connection: null, status: 'new' })]),
      statusRecord('route-orders', 2, [entityResult({ status: 'processing' })]),
      statusRecord('route-orders', 2, [entityResult({ connection: 'c2', status: 'ignored', code: 'no_lines' })]),
      statusRecord('deliver-erp', 3, [entityResult({ status: 'succeeded', targetId: 'SO-9' })]),
      statusRecord('deliver-erp', 3, [entityResult({ status: 'failed' })], null),
    ]
    await taskStage({ tables }).handle(batch, batchContext().context)
    expect(await rowOf('*#100')).toMatchObject({ status: 'new', connection: null, kind: 'orders', source: 'shop' })
    expect(await rowOf('c1#100')).toMatchObject({ status: 'succeeded', target_id: 'SO-9', attempts: 1 })
    expect(await rowOf('c2#100')).toMatchObject({ status: 'ignored', code: 'no_lines' })
    expect(await tables.count(SYNC_ENTITIES, { partition: 't' })).toBe(3)
  })

  it('loses no result when two partitions report of one entity at once', async () => {
    const stage = taskStage({ tables })
    await Promise.all([
      stage.handle(
        [statusRecord('route-orders', 1, [entityResult({ status: 'processing' })])],
        batchContext(0).context,
      ),
      stage.handle([statusRecord('deliver-erp', 2, [entityResult({ status: 'succeeded' })])], batchContext(1).context),
    ])
    expect(await rowOf('c1#100')).toMatchObject({ status: 'succeeded' })
  })

  it('changes nothing when a batch comes again', async () => {
    const batch = [
      statusRecord('route-orders', 1, [entityResult({ status: 'processing' })]),
      statusRecord('deliver-erp', 2, [entityResult({ status: 'waiting' })]),
    ]
    await taskStage({ tables }).handle(batch, batchContext().context)
    const before = await rowOf('c1#100')
    await taskStage({ tables }).handle(batch, batchContext().context)
    expect(await rowOf('c1#100')).toEqual(before)
  })
})
