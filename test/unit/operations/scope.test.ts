import { describe, expect, it } from 'vitest'
import { changeRun } from '../../../src/control/runs.ts'
import {
  applyConfiguration,
  listChanges,
  listDocuments,
  putDocument,
  removeDocument,
  showDocument,
} from '../../../src/operations/configuration.ts'
import {
  countDeadLetters,
  discardDeadLetter,
  discardDeadLetters,
  listDeadLetters,
  previewDeadLetter,
  retryDeadLetter,
  retryDeadLetters,
  showDeadLetter,
  toChangeFilter,
} from '../../../src/operations/dead-letters.ts'
import { countFeedRows, readFeedItem } from '../../../src/operations/feed-items.ts'
import { readFeedPage } from '../../../src/operations/feed-page.ts'
import { listParked, listPauses, resumeConnection } from '../../../src/operations/pauses.ts'
import { listPositions } from '../../../src/operations/positions.ts'
import { previewMetadata } from '../../../src/operations/preview-mapping.ts'
import { everything, type Principal } from '../../../src/operations/principal.ts'
import { pushOrder } from '../../../src/operations/push-order.ts'
import { listReads, setCutDate, showRead } from '../../../src/operations/reads.ts'
import { listRebuilds, previewRebuild, requestRebuild } from '../../../src/operations/rebuilds.ts'
import { receiveWebhook, webhookPrincipal } from '../../../src/operations/receive-webhook.ts'
import { cancelReplay, listReplays, requestReplay, showReplay } from '../../../src/operations/replays.ts'
import { retryTask } from '../../../src/operations/retry-task.ts'
import { type Page, within } from '../../../src/operations/scope.ts'
import { listStaged } from '../../../src/operations/staged.ts'
import { requestRun, requestSync, showSyncRequest } from '../../../src/operations/sync.ts'
import { listTaskEntities, listTasks, showTask, showTaskEntity } from '../../../src/operations/tasks.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { lineOf, orderOf } from '../../data/processor-events.ts'
import { configurationOf, twoSellers } from '../../worlds/two-sellers.ts'

const boss = everything({ kind: 'cli', name: 'boss' })
/** Sees connection `a` and its shop, and nothing of `b`. */
const seller: Principal = {
  kind: 'api',
  name: 'seller',
  scope: { connections: new Set(['a']), systems: new Set(['shop-a']) },
  scopes: new Set(),
}
const configuration = configurationOf(['a', 'b'])
const world = () => twoSellers(['a', 'b'])
const NOT_FOUND = { code: 'not_found' }
const none = { state: null, stage: null, connection: null, code: null, key: null, group: null, from: null, to: null }

const page = { limit: 50, after: null }

describe('lists', () => {
  /** What a list shows to somebody, by the connection or system it is of. */
  async function listed(by: Principal): Promise<Readonly<Record<string, readonly (string | null)[]>>> {
    const { operations: all } = await world()
    const replay = { topic: 'orders', processor: 'route-orders', source: null, key: null, from: null, to: null }
    const more = { offsets: null, allVersions: false, reason: null, rate: 1 }
    for (const connection of ['a', 'b', null]) await requestReplay(all, boss, { ...replay, ...more, connection })
    await requestRebuild(all, boss, { table: 'inventory', reason: null })
    const filter = { kind: null, id: null, by: null, from: null, to: null }
    const parked = { filter: { stage: null, connection: null }, ...page }
    const sorted = <T>(items: readonly T[], of: (item: T) => string | null) => items.map(of).toSorted()
    return {
      tasks: sorted(
        (await listTasks(all, by, { filter: { read: null, state: null, since: null }, ...page })).items,
        ({ run }) => run.id,
      ),
      failed: sorted(
        (await listTasks(all, by, { filter: { read: null, state: 'failed', since: null }, ...page })).items,
        ({ run }) => run.id,
      ),
      letters: sorted((await listDeadLetters(all, by, { choice: none, ...page })).items, ({ id }) => id),
      groups: sorted((await countDeadLetters(all, by, none)).groups, ({ connection }) => connection),
      pauses: sorted(await listPauses(all, by), ({ connection }) => connection),
      parked: sorted((await listParked(all, by, parked)).items, ({ connection }) => connection),
      systems: sorted(await listDocuments(all, by, 'system'), ({ id }) => id),
      connections: sorted(await listDocuments(all, by, 'connection'), ({ id }) => id),
      changes: sorted((await listChanges(all, by, { filter, ...page })).items, ({ kind, id }) => `${kind} ${id}`),
      reads: sorted(await listReads(all, by), ({ id }) => id),
      replays: sorted(await listReplays(all, by, 50), ({ connection }) => connection),
      rebuilds: sorted(await listRebuilds(all, by, 50), ({ table }) => table),
    }
  }

  it('show everything to who sees everything', async () => {
    expect(await listed(boss)).toEqual({
      tasks: ['t-a', 't-b'],
      failed: ['t-a', 't-b'],
      letters: ['d-a', 'd-b'],
      groups: ['a', 'b'],
      pauses: ['a', 'b'],
      parked: ['a', 'b'],
      systems: ['erp', 'shop-a', 'shop-b'],
      connections: ['a', 'b'],
      changes: ['connection a', 'connection b', 'system erp', 'system shop-a', 'system shop-b'],
      reads: ['shop-a.orders.all', 'shop-b.orders.all'],
      replays: ['a', 'b', null],
      rebuilds: ['universal_products-inventory'],
    })
  })

  it('show what is in the scope, and nothing else', async () => {
    expect(await listed(seller)).toEqual({
      tasks: ['t-a'],
      failed: ['t-a'],
      letters: ['d-a'],
      groups: ['a'],
      pauses: ['a'],
      parked: ['a'],
      systems: ['shop-a'],
      connections: ['a'],
      changes: ['connection a', 'system shop-a'],
      reads: ['shop-a.orders.all'],
      replays: ['a'],
      rebuilds: [],
    })
  })

  it('count and show the entities of a shared task by connection', async () => {
    const { operations, tables } = await world()
    await changeRun(tables, { id: 't-b', fence: 1 }, { set: { connections: ['a', 'b'] } })
    const shared = await showTask(operations, seller, 't-b')
    expect([Object.keys(shared.counts.connections), shared.state]).toEqual([['a'], 'processing'])
    const filter = { task: 't-b', connection: null, status: null }
    expect((await listTaskEntities(operations, seller, { filter, ...page })).items).toEqual([])
    expect((await listTaskEntities(operations, boss, { filter, ...page })).items).toMatchObject([{ key: 'k-b' }])
  })

  it('do not compile without a scope', async () => {
    const rows: readonly string[] = ['x']
    // @ts-expect-error: rows that went through no scope are no page.
    const forgotten: Page<string> = { items: rows, next: null }
    const page: Page<string> = { items: within(seller.scope, rows, (id) => ({ connection: id })), next: null }
    expect([forgotten.items, page.items]).toEqual([['x'], []])
  })
})

describe('what is outside of the scope is not there', () => {
  it.each<[string, (all: Awaited<ReturnType<typeof world>>['operations'], by: Principal) => Promise<unknown>]>([
    ['a task', (all, by) => showTask(all, by, 't-b')],
    [
      'the entities of a task',
      (all, by) => listTaskEntities(all, by, { filter: { task: 't-b', connection: null, status: null }, ...page }),
    ],
    ['an entity', (all, by) => showTaskEntity(all, by, { task: 't-b', connection: 'b', key: 'k-b' })],
    [
      'the retry of a task',
      (all, by) => retryTask(all, by, { task: 't-b', reason: null, limit: 1, rate: 1, dryRun: true }),
    ],
    ['a dead letter', (all, by) => showDeadLetter(all, by, 'd-b')],
    ['the preview of a dead letter', (all, by) => previewDeadLetter(all, by, { id: 'd-b', remap: false })],
    [
      'the retry of a dead letter',
      (all, by) => retryDeadLetter(all, by, { id: 'd-b', force: false, reason: null, remap: false }),
    ],
    ['the end of a dead letter', (all, by) => discardDeadLetter(all, by, { id: 'd-b', reason: 'no', confirm: true })],
    ['a pause', (all, by) => resumeConnection(all, by, { stage: 'map-products', connection: 'b' })],
    ['a system', (all, by) => showDocument(all, by, { kind: 'system', id: 'erp' })],
    ['a connection', (all, by) => showDocument(all, by, { kind: 'connection', id: 'b' })],
    [
      'metadata',
      (all, by) =>
        previewMetadata(all, by, {
          connection: 'b',
          last: 1,
          rules: { attributes: [] },
          group: null,
          keys: null,
          explains: false,
        }),
    ],
    [
      'a changed document',
      (all, by) => putDocument(all, by, { kind: 'connection', id: 'b', body: {}, revision: undefined }),
    ],
    ['a removed document', (all, by) => removeDocument(all, by, { kind: 'system', id: 'erp', revision: undefined })],
    ['an applied folder', (all, by) => applyConfiguration(all, by, { configuration, reason: null })],
    ['a read', (all, by) => showRead(all, by, 'shop-b.orders.all')],
    [
      'a cut date',
      (all, by) => setCutDate(all, by, { read: 'shop-b.orders.all', cutDate: null, revision: 0, reason: 'again' }),
    ],
    [
      'a run',
      (all, by) =>
        requestRun(all, by, { read: 'shop-b.orders.all', from: null, queueUrl: null, reason: null, sweep: null }),
    ],
    [
      'what is staged',
      (all, by) => {
        const filter = { connection: 'b', entity: 'orders', status: null, key: null, since: null, until: null }
        return listStaged(all, by, { filter, payloads: 'places', ...page })
      },
    ],
    [
      'a feed',
      (all, by) => {
        const filter = { connection: 'b', sources: null, from: null, to: null }
        return readFeedPage(all, by, { feed: inventoryFeed, filter, cursor: null, limit: 1 })
      },
    ],
    ['a row of a feed', (all, by) => readFeedItem(all, by, { feed: inventoryFeed, connection: 'b', key: ['s-b'] })],
    ['the count of a feed', (all, by) => countFeedRows(all, by, { feed: inventoryFeed, connection: 'b' })],
    [
      'an order of another shop',
      (all, by) => {
        const order = orderOf([lineOf('1', 'A-1')])
        return pushOrder(all, by, { source: 'shop-b', order, occurredAt: null, requestKey: null })
      },
    ],
    ['the position of a sink', (all, by) => listPositions(all, by, 'deliver-erp')],
    ['a rebuild', (all, by) => previewRebuild(all, by, 'inventory')],
  ])('%s', async (_, ask) => {
    const { operations } = await world()
    await expect(ask(operations, seller)).rejects.toMatchObject(NOT_FOUND)
    const answered = await ask(operations, boss).catch((error: unknown) => error)
    expect(answered).not.toMatchObject(NOT_FOUND)
  })

  it('replays and sync requests of others', async () => {
    const { operations: all } = await world()
    const replay = { topic: 'orders', processor: 'route-orders', source: null, key: null, from: null, to: null }
    const wanted = { ...replay, offsets: null, allVersions: false, reason: null, rate: 1 }
    const { id } = await requestReplay(all, boss, { ...wanted, connection: 'b' })
    for (const connection of ['b', null])
      await expect(requestReplay(all, seller, { ...wanted, connection })).rejects.toMatchObject(NOT_FOUND)
    await expect(showReplay(all, seller, id)).rejects.toMatchObject(NOT_FOUND)
    await expect(cancelReplay(all, seller, id)).rejects.toMatchObject(NOT_FOUND)
    const run = { from: null, queueUrl: null, reason: null, sweep: null, requestId: 'r' }
    const request = await requestSync(all, boss, { ...run, read: 'shop-b.orders.all' })
    await expect(showSyncRequest(all, seller, request.id)).rejects.toMatchObject(NOT_FOUND)
    const other = requestSync(all, seller, { ...run, requestId: 's', read: 'shop-b.orders.all' })
    await expect(other).rejects.toThrow('there are: shop-a.orders.all')
  })

  it('dead letters of others are left alone when many are changed', async () => {
    const { operations: all } = await world()
    const choice = toChangeFilter({ from: null, to: null }, true)
    const many = { choice, limit: 50, dryRun: true }
    const retried = await retryDeadLetters(all, seller, { ...many, force: false, reason: null, remap: false, rate: 10 })
    const discarded = await discardDeadLetters(all, seller, { ...many, reason: 'no', confirm: true })
    expect([retried.done, discarded.done]).toEqual([['d-a'], ['d-a']])
  })

  it('a webhook speaks for its own system', async () => {
    const { operations: all } = await world()
    const hook = { header: () => undefined, body: Buffer.from('{}'), now: 0 }
    const other = receiveWebhook(all, webhookPrincipal('shop-a'), { system: 'shop-b', hook })
    await expect(other).rejects.toMatchObject({ code: 'unauthorized' })
  })
})
