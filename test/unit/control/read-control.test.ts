import { beforeEach, describe, expect, it } from 'vitest'
import { dispatch } from '../../../src/control/dispatch.ts'
import {
  endLease,
  type Lease,
  moveCutDate,
  readControl,
  releaseLease,
  renewLease,
  setDue,
  takeLease,
} from '../../../src/control/read-control.ts'
import { changeRun, getRun } from '../../../src/control/runs.ts'
import { controlTables } from '../../../src/control/tables.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

const READ = 'netsuite.inventory.all'
let tables: Tables

async function take(worker: string, now: number): Promise<Lease | undefined> {
  return await takeLease(tables, await readControl(tables, READ), { id: worker, now, leaseMs: 30_000 })
}

async function taken(worker: string, now: number): Promise<Lease> {
  const lease = await take(worker, now)
  if (lease === undefined) throw new Error(`${worker} got no lease`)
  return lease
}

beforeEach(async () => {
  tables = memoryTables(controlTables)
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(tables, { requestId: 'r', read: READ, trigger: 'api', requestedAt: 1, ...nothing })
})

describe('leases', () => {
  it('are held by one worker until they run out', async () => {
    await taken('a', 1000)
    expect(await take('b', 30_999)).toBeUndefined()
    expect((await taken('b', 31_001)).fence).toBe(2)
  })

  it('of two workers who saw the same row go to one', async () => {
    const seen = await readControl(tables, READ)
    const worker = (id: string) => ({ id, now: 0, leaseMs: 30_000 })
    const leases = await Promise.all([takeLease(tables, seen, worker('a')), takeLease(tables, seen, worker('b'))])
    expect(leases.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  it('leave a frozen worker unable to write anything (Guarantee 1)', async () => {
    const frozen = await taken('a', 0)
    const successor = await taken('b', 40_000)
    expect(successor.run).toBe(frozen.run)
    expect(await changeRun(tables, { id: successor.run, fence: successor.fence }, { set: { pages: 7 } })).toBe(true)
    expect(await changeRun(tables, { id: frozen.run, fence: frozen.fence }, { set: { pages: 1 } })).toBe(false)
    expect(await renewLease(tables, frozen, 99_999)).toBe(false)
    expect(await moveCutDate(tables, frozen, '2026-03-02T00:00:00.000Z', 0)).toBe(false)
    expect(await endLease(tables, frozen)).toBe(false)
    expect((await getRun(tables, successor.run))?.pages).toBe(7)
    expect((await readControl(tables, READ)).cut_date).toBeNull()
  })

  it('that are given back leave the run for the next worker', async () => {
    const lease = await taken('a', 0)
    await releaseLease(tables, lease)
    expect((await taken('b', 1)).run).toBe(lease.run)
  })
})

describe('the cut date', () => {
  it('moves by revision: a date set meanwhile, even to the same value, is not overwritten', async () => {
    const lease = await taken('a', 0)
    const byHand = { set: { cut_date: null, revision: 1 } }
    await tables.update('sync_control', { read: READ }, byHand)
    expect(await moveCutDate(tables, lease, '2026-03-02T00:00:00.000Z', 0)).toBe(false)
  })

  it('says beside it what was read, which is no less after a date that was set back', async () => {
    const before = await taken('a', 0)
    await moveCutDate(tables, before, '2026-03-02T00:00:00.000Z', 1_000)
    await endLease(tables, before)
    const until = { until: '2026-03-02T00:00:00.000Z', at: '1970-01-01T00:00:01.000Z' }
    expect((await readControl(tables, READ)).read_until).toEqual(until)
    await tables.update('sync_control', { read: READ }, { set: { cut_date: '2026-03-01T00:00:00.000Z', revision: 2 } })
    await setDue(tables, READ, before.run)
    await moveCutDate(tables, await taken('a', 0), '2026-03-01T12:00:00.000Z', 2_000)
    expect(await readControl(tables, READ)).toMatchObject({ cut_date: '2026-03-01T12:00:00.000Z', read_until: until })
  })

  it('is given to the next run', async () => {
    const lease = await taken('a', 0)
    expect(await moveCutDate(tables, lease, '2026-03-02T00:00:00.000Z', 0)).toBe(true)
    await endLease(tables, lease)
    expect(await readControl(tables, READ)).toMatchObject({
      cut_date: '2026-03-02T00:00:00.000Z',
      revision: 1,
      current: null,
    })
  })
})
