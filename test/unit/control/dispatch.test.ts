import { describe, expect, it } from 'vitest'
import { dispatch } from '../../../src/control/dispatch.ts'
import { endLease, listReadControls, readControl, takeLease } from '../../../src/control/read-control.ts'
import { taskIdOf, tickRequestId } from '../../../src/control/request-sync.ts'
import { getRun, listRuns } from '../../../src/control/runs.ts'
import { controlTables } from '../../../src/control/tables.ts'
import type { SyncRequested } from '../../../src/events/generated/events.ts'
import { memoryTables } from '../../memory/tables.ts'

const READ = 'magento.orders.all'

function requested(requestId: string, requestedAt: number): SyncRequested {
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  return { requestId, read: READ, trigger: 'schedule', requestedAt, ...nothing }
}

const first = requested(tickRequestId(READ, 1000), 1000)
const second = requested(tickRequestId(READ, 2000), 2000)

describe('dispatch', () => {
  it('makes a request one run, however often it is delivered', async () => {
    const tables = memoryTables(controlTables)
    for (let i = 0; i < 3; i += 1) await dispatch(tables, first)
    expect(await listRuns(tables, { limit: 10 })).toHaveLength(1)
    expect(await getRun(tables, taskIdOf(first))).toMatchObject({ state: 'due', read: READ, trigger: 'schedule' })
    expect((await readControl(tables, READ)).due).toBe(taskIdOf(first))
  })

  it('joins a request to the run that waits, and says so', async () => {
    const tables = memoryTables(controlTables)
    await dispatch(tables, first)
    await dispatch(tables, second)
    expect((await getRun(tables, taskIdOf(first)))?.merged_requests).toEqual([second.requestId])
    expect(await getRun(tables, taskIdOf(second))).toMatchObject({ state: 'merged', merged_into: taskIdOf(first) })
  })

  it('reads again from the earliest date that was asked for, whichever request waits', async () => {
    const tables = memoryTables(controlTables)
    const backfill = (requestId: string, day: number) => ({
      ...requested(requestId, day),
      from: Date.UTC(2026, 0, day),
    })
    await dispatch(tables, first)
    await dispatch(tables, backfill('b', 20))
    await dispatch(tables, backfill('c', 10))
    await dispatch(tables, second)
    expect((await getRun(tables, taskIdOf(first)))?.backfill_from).toBe('2026-01-10T00:00:00.000Z')
  })

  it('gives a sweep a turn of its own, and keeps that its deletions were accepted', async () => {
    const tables = memoryTables(controlTables)
    await dispatch(tables, first)
    await dispatch(tables, { ...requested('s', 3000), trigger: 'sweep' })
    await dispatch(tables, { ...requested('a', 4000), trigger: 'sweep-accepted' })
    await dispatch(tables, { ...requested('t', 5000), trigger: 'sweep' })
    expect((await readControl(tables, READ)).due).toBe(taskIdOf(first))
    const { due } = await readControl(tables, `${READ}~sweep`)
    const run = await getRun(tables, due ?? '')
    expect(run).toMatchObject({ read: READ, trigger: 'sweep-accepted', merged_requests: ['a', 't'] })
  })

  it('gives each request to drain a queue a run of its own, whatever waits', async () => {
    const tables = memoryTables(controlTables)
    const drains = ['https://sqs/1/a', 'https://sqs/1/b', 'https://sqs/1/a'].map((queueUrl, index) => ({
      ...requested(`q${index}`, 2000 + index),
      queueUrl,
    }))
    await dispatch(tables, first)
    for (const drain of [...drains, ...drains]) await dispatch(tables, drain)
    const runs = await Promise.all(drains.map(async (drain) => await getRun(tables, taskIdOf(drain))))
    expect(runs.map((run) => [run?.state, run?.queue_url])).toEqual(drains.map(({ queueUrl }) => ['due', queueUrl]))
    expect((await readControl(tables, READ)).due).toBe(taskIdOf(first))
    const waiting = (await listReadControls(tables)).map(({ due }) => due)
    expect(waiting.toSorted()).toEqual([first, ...drains].map(taskIdOf).toSorted())
  })

  it('lets a request wait its turn while a run is under way', async () => {
    const tables = memoryTables(controlTables)
    await dispatch(tables, first)
    const lease = await takeLease(tables, await readControl(tables, READ), { id: 'w', now: 0, leaseMs: 10 })
    await dispatch(tables, second)
    const control = await readControl(tables, READ)
    expect(control).toMatchObject({ current: taskIdOf(first), due: taskIdOf(second) })
    if (lease === undefined) throw new Error('no lease')
    await endLease(tables, lease)
    const next = await takeLease(tables, await readControl(tables, READ), { id: 'w', now: 0, leaseMs: 10 })
    expect(next?.run).toBe(taskIdOf(second))
  })

  it('does not begin a run again that is redelivered after it has begun', async () => {
    const tables = memoryTables(controlTables)
    await dispatch(tables, first)
    const lease = await takeLease(tables, await readControl(tables, READ), { id: 'w', now: 0, leaseMs: 10 })
    if (lease === undefined) throw new Error('no lease')
    await endLease(tables, lease)
    await dispatch(tables, first)
    expect(await readControl(tables, READ)).toMatchObject({ current: null, due: null })
  })
})
