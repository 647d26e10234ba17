import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { listChanges, noteChange } from '../../../src/configuration/changes.ts'
import { CONFIGURATION_CHANGES } from '../../../src/configuration/tables.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { replayRows } from '../../../src/control/replays/replay.ts'
import { changeRun, createRun, getRun, listRuns } from '../../../src/control/runs.ts'
import { PUBLISHED, SYNC_RUN_LISTS, SYNC_RUNS } from '../../../src/control/tables.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { keptDays } from '../../../src/platform/dynamodb/expiry.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createJobs } from '../../../src/platform/jobs.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { stagedStage } from '../../../src/projections/staged.ts'
import {
  DEAD_LETTER_SHELVES,
  DEAD_LETTERS,
  STAGED,
  SYNC_ENTITIES,
  SYNC_TASK_COUNTS,
} from '../../../src/projections/tables.ts'
import { knownCounts } from '../../../src/projections/task-counts.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import type { Page, ReadEntity } from '../../../src/systems/kit/source.ts'
import { deadLettered, letterProjector } from '../../data/dead-letters.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { batchContext } from '../../worlds/stage-context.ts'
import { bench, pageOf, stock } from '../producers/support.ts'

const DAY = 86_400
const AT = Date.UTC(2026, 4, 3)
const after = (days: number, at = AT) => at / 1000 + days * DAY

const expiriesOf = async (tables: Tables, table: string) =>
  (await Array.fromAsync(tables.scan(table))).flat().map((item) => item['expires'])

it('the page of operations lists every table and no other, and the times that rows have', () => {
  const page = readFileSync('docs/how-to/operations.md', 'utf8').split('## How long rows are kept')[1] ?? ''
  const rows = new Map(
    [...page.matchAll(/^\| `([\w-]+)`\s*\|[^|]*\|([^|]*)\|$/gm)].map(([, name, bound = '']) => [name, bound]),
  )
  expect([...rows.keys()].toSorted()).toEqual(tableDefinitions.map(({ name }) => name).toSorted())
  const times: Readonly<Record<string, string | number>> = {
    configuration_changes: '1,100',
    sync_runs: keptDays.runs,
    sync_run_lists: keptDays.taskRows,
    sync_entities: keptDays.taskRows,
    sync_task_counts: keptDays.taskRows,
    requests: keptDays.requests,
    published: keptDays.notesOfOrders,
    reader_notes: keptDays.linkNotes,
    replays: keptDays.endedJobs,
    rebuilds: keptDays.endedJobs,
    dead_letters: keptDays.endedDeadLetters,
    staged: keptDays.stagedOrders,
    figures: keptDays.figures,
    feed_pulls: keptDays.pulls,
    notifications: keptDays.notifications,
    share_links: keptDays.endedShareLinks,
    filed_fulfilments: keptDays.filedFulfilments,
    sent_mails: keptDays.sentMails,
    order_steps: keptDays.orderSteps,
    order_calls: keptDays.orderSteps,
    order_index: keptDays.orderIndex,
    outgoing_events: keptDays.outgoingEvents,
    outgoing_subscriptions: keptDays.outgoingSubscriptions,
    stock_claims: keptDays.stockClaims,
  }
  for (const [name, days] of Object.entries(times)) expect(rows.get(name), name).toContain(`${days} days`)
  const unsaid = ['audit', 'dead_letter_shelves', 'held_orders', 'person_keys', 'processes']
  const expiring = tableDefinitions.filter(({ expires }) => expires !== undefined).map(({ name }) => name)
  expect(expiring.toSorted()).toEqual([...Object.keys(times), ...unsaid].toSorted())
  expect(keptDays.configurationChanges).toBe(1_100)
  expect(keptDays.taskRows).toBeGreaterThan(keptDays.runs)
})

const asked = (id: string) => ({
  requestId: id,
  read: 'shop.orders.all',
  trigger: 'schedule',
  requestedAt: AT,
  requestedBy: null,
  reason: null,
  from: null,
  queueUrl: null,
})

it('a run goes once it has ended, and one that was joined to another; one that waits stays', async () => {
  const tables = memoryTables(tableDefinitions)
  await dispatch(tables, asked('a'))
  await dispatch(tables, asked('b'))
  const [one, other] = await listRuns(tables, { limit: 5 })
  expect((await expiriesOf(tables, SYNC_RUNS)).toSorted()).toEqual([after(keptDays.runs), undefined])
  const due = one?.state === 'due' ? one : other
  const ended_at = new Date(AT + DAY * 1000).toISOString()
  await changeRun(tables, { id: due?.id ?? '', fence: 1 }, { set: { state: 'running' } })
  expect(await expiriesOf(tables, SYNC_RUNS)).toContain(undefined)
  await changeRun(tables, { id: due?.id ?? '', fence: 1 }, { set: { state: 'ended', ended_at } })
  expect(await expiriesOf(tables, SYNC_RUNS)).toContain(after(keptDays.runs + 1))
  expect(new Set(await expiriesOf(tables, SYNC_RUN_LISTS))).toEqual(new Set([after(keptDays.taskRows)]))
  expect(await getRun(tables, due?.id ?? '')).not.toHaveProperty('expires')
})

it('rows of tasks go after their last change, and the counts of the task with them', async () => {
  const tables = memoryTables(tableDefinitions)
  const report = (at: number, status: string) =>
    taskStage({ tables }).handle([statusRecord('deliver-erp', at, [entityResult({ status })])], batchContext().context)
  await report(AT, 'waiting')
  await report(AT + DAY * 1000, 'succeeded')
  await knownCounts(tables, 't', ['c1'])
  for (const table of [SYNC_ENTITIES, SYNC_TASK_COUNTS])
    expect(await expiriesOf(tables, table)).toEqual([after(keptDays.taskRows + 1)])
})

it('what is staged of orders goes after its end, unless it failed; what has a feed stays', async () => {
  const staged = async (entity: string, status: string) => {
    const tables = memoryTables(tableDefinitions)
    const places = { source: null, mapped: null }
    const told = statusRecord('deliver-erp', AT, [entityResult({ entity, status })], 't', [places])
    await stagedStage({ tables, settleMs: 0 }).handle([told], batchContext().context)
    return await expiriesOf(tables, STAGED)
  }
  expect(await staged('orders', 'succeeded')).toEqual([after(keptDays.stagedOrders)])
  expect(await staged('fulfilments', 'ignored')).toEqual([after(keptDays.stagedOrders)])
  expect(await staged('orders', 'waiting')).toEqual([undefined])
  expect(await staged('orders', 'failed')).toEqual([undefined])
  expect(await staged('inventory', 'succeeded')).toEqual([undefined])
})

it('a dead letter goes once nobody has to see to it, and stays when it is open again', async () => {
  const tables = memoryTables(tableDefinitions)
  const project = letterProjector(tables)
  const both = async () => [
    ...(await expiriesOf(tables, DEAD_LETTERS)),
    ...(await expiriesOf(tables, DEAD_LETTER_SHELVES)),
  ]
  const change = (kind: 'retried' | 'resolved', retry: number) =>
    deadLettered({ retry, lastAt: AT, change: { kind, by: null, reason: null } })
  await project(deadLettered())
  expect(await both()).toEqual([undefined, undefined])
  await project(change('retried', 1))
  await project(change('resolved', 1))
  expect(await both()).toEqual([after(keptDays.endedDeadLetters), after(keptDays.endedDeadLetters)])
  await project(deadLettered({ retry: 2, lastAt: AT + 1000 }))
  expect(await both()).toEqual([undefined, undefined])
})

it('changes of the configuration are kept for three years, and read as they were noted', async () => {
  const tables = memoryTables(tableDefinitions)
  const at = new Date(AT).toISOString()
  const change = { at, by: 'ann', kind: 'system', id: 's', revision: 1, reason: null, before: null, after: {} } as const
  await noteChange(tables, change)
  expect(await expiriesOf(tables, CONFIGURATION_CHANGES)).toEqual([after(keptDays.configurationChanges)])
  const { changes } = await listChanges(tables, { kind: null, id: null, by: null, from: null, to: null }, 5, null)
  expect(changes).toEqual([{ ...change, shortened: false }])
})

it('a job goes after its end, and not before', async () => {
  const tables = memoryTables(tableDefinitions)
  const jobs = createJobs(tables, replayRows)
  const job = { id: 'replay-1', state: 'due', fence: 0, lease_until: 0 }
  await tables.put('replays', { shelf: 'all', ...job })
  const own = { id: job.id, fence: 0 }
  const rest = {
    topic: 'orders',
    processor: 'route-orders',
    allVersions: false,
    trigger: 'command',
    rate: 1,
    requested_at: '',
    revision: 1,
    pass: 0,
    sent: 0,
    cancel: false,
  }
  await jobs.change(own, { ...rest, state: 'running' })
  expect(await expiriesOf(tables, 'replays')).toEqual([undefined])
  await jobs.end(own, { state: 'ended', ended_at: new Date(AT).toISOString() })
  expect(await expiriesOf(tables, 'replays')).toEqual([after(keptDays.endedJobs)])
})

const ORDERS = { source: 'shop', entity: 'orders', read: 'shop.orders.all', taskId: 't1' } as const

const orderPage = (requestedAt: number, more: Partial<ReadEntity<'orders'>> = {}): Page<'orders'> => {
  const data = orderOf([lineOf('1', 'A-1')])
  const entities = [{ key: '1', occurredAt: 1000, deleted: false, data, raw: null, ...more }]
  return { entities, unreadable: [], rows: [], reached: { changedAt: '', id: '0' }, requestedAt }
}

it('the note of an order goes when it was not read for long, and not while it is read', async () => {
  const deps = bench()
  const read = async (days: number) => await publishPage(deps, ORDERS, orderPage(AT + days * DAY * 1000))
  await read(0)
  expect(await expiriesOf(deps.tables, PUBLISHED)).toEqual([after(400)])
  expect(await read(199)).toMatchObject({ unchanged: 1 })
  expect(await expiriesOf(deps.tables, PUBLISHED)).toEqual([after(400)])
  expect(await read(200)).toMatchObject({ unchanged: 1 })
  expect(await expiriesOf(deps.tables, PUBLISHED)).toEqual([after(600)])
  expect(deps.producer.sent).toHaveLength(1)
})

it('an order whose note is gone is published under the same id: whoever has it changes nothing (Guarantee 3)', async () => {
  const deps = bench()
  await publishPage(deps, ORDERS, orderPage(AT))
  await deps.tables.delete(PUBLISHED, { id: 'shop|orders|1' })
  await publishPage(deps, ORDERS, orderPage(AT + 500 * DAY * 1000))
  const [first, again] = await deps.appended('orders')
  expect(again).toMatchObject({ eventId: first?.eventId, contentDigest: first?.contentDigest })
})

it('a note that a guarantee rests on stays: of what has a feed, of a deletion, of whose a key is', async () => {
  const deps = bench()
  const noteAfter = async (page: Page<'orders'>) => {
    await publishPage(deps, ORDERS, page)
    const note = await deps.tables.get(PUBLISHED, { id: 'shop|orders|1' })
    return note?.['expires'] ?? null
  }
  expect(await noteAfter(orderPage(AT))).toBe(after(400))
  expect(await noteAfter(orderPage(AT, { deleted: true, occurredAt: 2000 }))).toBeNull()
  const identity = { id: '7', since: 1, withKey: () => orderOf([lineOf('1', 'A-1')]) }
  expect(await noteAfter(orderPage(AT, { occurredAt: 3000, identity }))).toBeNull()
  const products = bench()
  const inventory = { source: 'erp', entity: 'inventory', read: 'erp.inventory.all', taskId: null } as const
  await publishPage(products, inventory, pageOf([stock('A', '1')]))
  expect(await expiriesOf(products.tables, PUBLISHED)).toEqual([null])
})

it('a row whose time can not be read stays', async () => {
  const tables = memoryTables(tableDefinitions)
  const run = { id: 'r', read: 'r', trigger: 't', reason: null, requested_at: 'once', backfill_from: null }
  await createRun(tables, run)
  expect(await expiriesOf(tables, SYNC_RUN_LISTS)).toEqual([undefined, undefined])
})
