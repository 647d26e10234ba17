/*
 * One row that is not what its table holds (a connection without its document) had four endpoints answer 500, and no
 * command removed it. Every table that is listed gets such a row here; every GET there is must answer for the others.
 */
import { describe, expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { noteChange } from '../../../src/configuration/changes.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { pause } from '../../../src/control/pauses.ts'
import { createRun } from '../../../src/control/runs.ts'
import { judgeRows } from '../../../src/operations/doctor/rows-check.ts'
import { everything } from '../../../src/operations/principal.ts'
import { rowChecks } from '../../../src/operations/row-checks.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import { findUnreadableRows, removeUnreadableRow } from '../../../src/operations/unreadable-rows.ts'
import type { Item, TableDefinition } from '../../../src/platform/dynamodb/tables.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { connectionWith, readWith, systemWith } from '../../data/configuration.ts'
import { deadLettered, letterProjector } from '../../data/dead-letters.ts'
import { inventoryChanged } from '../../data/feed-events.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const by = everything({ kind: 'cli', name: 'test' })
const ALL = { table: null, most: Number.POSITIVE_INFINITY }

/** Partitions that are listed, where a row of any other would not be met. */
const LISTED: Readonly<Record<string, readonly string[]>> = {
  connections: ['system', 'connection'],
  configuration_changes: ['all'],
  sync_entities: ['t'],
  sync_run_lists: ['*'],
  dead_letter_shelves: ['active', 'ended'],
  staged: ['backend#good#orders'],
  parked: ['route-orders#0', 'deliver-erp#1'],
  replays: ['all'],
  rebuilds: ['all'],
  'universal_products-inventory': ['1#good#vendor#0', '1#good#vendor#1'],
  checkpoints: ['deliver-erp'],
}

/** Rows that have nothing but what puts them in their place. */
function emptyRows({ name, partitionKey, sortKey, localIndexes = [] }: TableDefinition): readonly Item[] {
  return (LISTED[name] ?? ['bad']).flatMap((partition) =>
    (sortKey === undefined ? [{}] : ['!first', 'zz-last'].map((sort) => ({ [sortKey]: sort }))).map((sort) => {
      const indexed = localIndexes.map((index) => [index.sortKey, '000000000000000'])
      return { ...Object.fromEntries(indexed), [partitionKey]: partition, ...sort }
    }),
  )
}

async function fixture() {
  const tables = memoryTables(tableDefinitions)
  const api = apiFixture({}, tables)
  const systems = [
    systemWith('shop', 'magento2', { reads: [readWith('shop', 'orders', { startFrom: '2026-01-01T00:00:00Z' })] }),
    systemWith('vendor', 'netsuite', { reads: [readWith('vendor', 'inventory')] }),
  ]
  const connection = connectionWith('good', {
    shop: 'shop',
    vendor: 'vendor',
    reads: ['vendor.inventory.all'],
    ownership: { skuPattern: '^S-' },
  })
  await applyConfiguration(tables, { revision: 0, systems, connections: [connection], metadata: [] })
  await createRun(tables, {
    id: 't',
    read: 'shop.orders.all',
    trigger: 'api',
    reason: null,
    requested_at: '2026-01-31T07:00:00.000Z',
    backfill_from: null,
  })
  await taskStage({ tables }).handle(
    [statusRecord('deliver-erp', 1, [entityResult({ connection: 'good', status: 'failed' })])],
    batchContext().context,
  )
  await letterProjector(tables)(deadLettered({ connection: 'good' }))
  const since = '2026-01-31T07:00:00.000Z'
  await pause(tables, { stage: 'deliver-erp', connection: 'good', code: 'c', message: 'm', since, probe_at: 1 })
  await noteChange(tables, {
    at: since,
    by: 'ann',
    kind: 'system',
    id: 'shop',
    revision: 1,
    reason: null,
    before: null,
    after: {},
  })
  await api.project(0, inventoryChanged({ connection: 'good', source: 'vendor', sku: 'S-1' }, '5'))
  await api.idle()
  const spoil = async () => {
    for (const definition of tableDefinitions.filter(({ name }) => rowChecks.has(name))) {
      for (const row of emptyRows(definition)) await tables.put(definition.name, row)
    }
  }
  return { ...api, spoil }
}

/** Values of parameters that name what is there. */
const PARAMETERS: Readonly<Record<string, string>> = {
  connection: 'good',
  entity: 'orders',
  sku: 'S-1',
  key: '100',
  system: 'shop',
  read: 'shop.orders.all',
  stage: 'deliver-erp',
  table: 'inventory',
}

/** Every GET of the API, with what it needs. */
async function everyList({ get }: Awaited<ReturnType<typeof fixture>>): Promise<readonly string[]> {
  const { json } = await get('/openapi.json')
  const paths = Object.entries<Record<string, { parameters?: readonly Record<string, never>[] }>>(json.paths)
  return paths.flatMap(([path, { get: operation }]) => {
    // Who reads what of persons is kept: the audit trail is longer after each question.
    if (operation === undefined || path.includes('/health') || path === '/v1/audit') return []
    const ids = /connections|metadata/.test(path)
      ? 'good'
      : /systems/.test(path)
        ? 'shop'
        : /reads/.test(path)
          ? 'shop.orders.all'
          : 't'
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? ids)
    const needed = (operation.parameters ?? []).filter((one) => one['in'] === 'query' && one['required'] === true)
    const query = needed.map((one) => `${one['name']}=${PARAMETERS[String(one['name'])] ?? ''}`).join('&')
    return [query === '' ? filled : `${filled}?${query}`]
  })
}

describe('with a row in every table that can not be read', () => {
  it('every list of the API answers as it did without', async () => {
    const api = await fixture()
    // Status names the connections whose documents cannot be read; they are not healthy.
    const listsOf = (answer: unknown) =>
      JSON.stringify(answer, (name, value) => (['unusable', 'healthy'].includes(name) ? null : value))
    // The trail has what was read meanwhile, too.
    const urls = (await everyList(api)).filter((url) => url !== '/v1/audit')
    expect(urls.length).toBeGreaterThan(15)
    const before = new Map<string, unknown>()
    for (const url of urls) before.set(url, await answerOf(api, url))
    await api.spoil()
    const differing = []
    for (const url of urls) {
      const after = await answerOf(api, url)
      if (listsOf(after) !== listsOf(before.get(url))) differing.push({ url, after })
    }
    expect(differing).toEqual([])
    expect(JSON.stringify([...before])).toContain('S-1')
  })

  it('each is named with the command that removes it, and removed by it', async () => {
    const { tables, spoil, operations } = await fixture()
    const { audit } = operations
    expect(await findUnreadableRows({ tables }, by, ALL)).toEqual({ rows: [], inPart: [] })
    await spoil()
    const { rows } = await findUnreadableRows({ tables }, by, ALL)
    expect(new Set(rows.map(({ table }) => table))).toEqual(new Set([...rowChecks.keys()].filter(hasBadRows)))
    const [first] = judgeRows({ rows, inPart: ['parked'] })
    expect(first).toMatchObject({ level: 'fail', fix: expect.stringContaining('waldstream rows remove ') })
    for (const { table, key } of rows) {
      const remove = async (confirm: boolean) =>
        await removeUnreadableRow({ tables, audit }, by, { table, keys: Object.values(key), confirm })
      await expect(remove(false)).rejects.toMatchObject({ code: 'confirmation_needed' })
      await remove(true)
    }
    const { entries } = await audit.list(
      { who: null, what: 'row.remove', outcome: null, since: null, until: null },
      500,
      null,
    )
    expect(entries).toHaveLength(rows.length)
    expect(await findUnreadableRows({ tables }, by, ALL)).toEqual({ rows: [], inPart: [] })
    expect((await readConfiguration(tables)).connections.map(({ id }) => id)).toEqual(['good'])
  })
})

/** Rows of the others may have nothing but their key. */
const hasBadRows = (table: string): boolean =>
  !['sync_task_counts', 'sync_control', 'deliveries', 'notifications', 'outgoing_subscriptions'].includes(table)

async function answerOf({ get }: Awaited<ReturnType<typeof fixture>>, url: string) {
  const { status, json } = await get(url)
  if (status >= 500) throw new Error(`${url}: ${status} ${JSON.stringify(json)}`)
  return { status, json }
}

describe('a row that can not be read', () => {
  it('is removed only as such', async () => {
    const { tables, operations } = await fixture()
    const { audit } = operations
    const remove = (table: string, ...keys: string[]) =>
      removeUnreadableRow({ tables, audit }, by, { table, keys, confirm: true })
    await expect(remove('connections', 'connection', 'good')).rejects.toMatchObject({ code: 'state_conflict' })
    await expect(remove('connections', 'connection', 'none')).rejects.toMatchObject({ code: 'not_found' })
    await expect(remove('connections', 'connection')).rejects.toMatchObject({ code: 'request_invalid' })
    await expect(remove('none', 'a')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('of the configuration is left out with the connections that need it, and written over by the next apply', async () => {
    const { tables } = await fixture()
    const whole = await readConfiguration(tables)
    await tables.put('connections', { kind: 'system', id: 'vendor', digest: 'x' })
    const part = await readConfiguration(tables)
    expect(part.systems.map(({ id }) => id)).toEqual(['shop'])
    expect([part.connections, part.unusable]).toEqual([[], ['good']])
    const { changed } = await applyConfiguration(tables, whole)
    expect(changed).toEqual(['system vendor'])
    const after = await readConfiguration(tables)
    expect(after.revision).toBeGreaterThan(whole.revision)
    expect([after.systems, after.connections.map(({ id }) => id)]).toEqual([whole.systems, ['good']])
  })

  it.each([
    ['without its document', (item: Item) => ({ kind: 'connection', id: 'good', digest: item['digest'] })],
    ['without anything', () => ({ kind: 'connection', id: 'good' })],
    ['with a document of no form', (item: Item) => ({ ...item, document: { id: 'good' } })],
    ['with the document of another', (item: Item) => ({ ...item, document: { ...Object(item['document']), id: 'x' } })],
    ['with notes of no form', (item: Item) => ({ ...item, document: 1, change: 7 })],
  ])('of a connection, %s, is healed by a PUT of the document', async (_what, damaged) => {
    const api = await fixture()
    const { json } = await api.get('/v1/connections/good')
    const item = await api.tables.get('connections', { kind: 'connection', id: 'good' })
    await api.tables.put('connections', damaged(item ?? {}))
    expect((await api.get('/v1/connections')).json.items).toEqual([])
    const healed = await api.send('PUT', '/v1/connections/good', json.document)
    expect([[200, 201].includes(healed.status), healed.json.errors]).toEqual([true, undefined])
    expect((await api.get('/v1/connections')).json.items).toHaveLength(1)
    expect((await readConfiguration(api.tables)).connections).toHaveLength(1)
  })
})
