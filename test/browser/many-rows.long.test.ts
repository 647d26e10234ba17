import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { changeRun, createRun } from '../../src/control/runs.ts'
import { parkedId } from '../../src/platform/runtime/parked-item.ts'
import { createParking } from '../../src/platform/runtime/parking.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { taskStage } from '../../src/projections/tasks.ts'
import { deadLettered } from '../data/dead-letters.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { apiFixture } from '../worlds/api-fixture.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { configurationOf } from '../worlds/two-sellers.ts'

const open = browserFor()
type Api = ReturnType<typeof apiFixture>

const MANY = 10_000
const READ = 'shop-alder.orders.all'
const numbers = Array.from({ length: MANY }, (_, index) => index)
const keyOf = (index: number) => `${100_000 + index}`
const author = { by: 'operator', at: '2026-01-31T07:00:00.000Z', reason: null }

/** Rows on the page at once, whatever the list, and everything else that stands on it. */
const MOST_ROWS = 100
const MOST_ELEMENTS = 4_000
/** A list is asked for once, and once more where the API begins to say what changes. */
const MOST_REQUESTS = 2

interface List {
  readonly name: string
  readonly path: string
  /** Where the API has it. */
  readonly asks: string
  readonly fill: (api: Api) => Promise<unknown>
  readonly first: RegExp
  readonly sellers?: readonly string[]
}

const lists: readonly List[] = [
  {
    name: 'orders',
    path: '/orders?connection=alder',
    asks: '/v1/backend/alder/orders',
    fill: staged,
    first: /^10\d{4}/,
  },
  {
    name: 'products',
    path: '/products?connection=alder&entity=inventory',
    asks: '/v1/frontend/alder/inventory',
    fill: stock,
    first: /^1\d{5}/,
  },
  {
    name: 'problems, each with a cause of its own',
    path: '/problems',
    asks: '/v1/dead-letters',
    fill: (api) => letters(api, (index) => `field-${index}`),
    first: /The system refuses/,
  },
  {
    name: 'records of one problem',
    path: '/problems/GROUP',
    asks: '/v1/dead-letters',
    fill: (api) => letters(api, () => 'sku'),
    first: /^1\d{5}/,
  },
  { name: 'waiting records', path: '/problems/waiting', asks: '/v1/parked', fill: parked, first: /^1\d{5}/ },
  { name: 'runs', path: '/tasks', asks: '/v1/tasks', fill: runs, first: /Jan/ },
  { name: 'entities of a run', path: '/tasks/t', asks: '/v1/tasks/t/entities', fill: entities, first: /^1\d{5}/ },
  { name: 'keys', path: '/keys', asks: '/v1/keys', fill: keys, first: /^key / },
  { name: 'entries of the audit trail', path: '/audit', asks: '/v1/audit', fill: entries, first: /thing\.put/ },
  {
    name: 'connections',
    path: '/connections',
    asks: '/v1/connections',
    fill: async () => undefined,
    first: /^s\d/,
    sellers: Array.from({ length: 300 }, (_, index) => `s${index}`),
  },
  {
    name: 'lanes of the overview',
    path: '/',
    asks: '/v1/status',
    fill: async () => undefined,
    first: /^s\d/,
    sellers: Array.from({ length: 300 }, (_, index) => `s${index}`),
  },
]

describe.skipIf(!hasBrowser)('a list of ten thousand', () => {
  it.each(lists)(
    '$name: what is drawn and asked for stays small',
    async ({ name, path, asks, fill, first, sellers }) => {
      const api = apiFixture({ page: await readPageFiles(inject('builtPage')) })
      await applyConfiguration(api.tables, configurationOf(sellers ?? ['alder']), author)
      await fill(api)
      const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
      onTestFinished(() => api.app.close())
      const { page, complaints } = await open(base)
      if (path === '/keys')
        await page.addInitScript(`sessionStorage.setItem('waldstream.key', '${await adminKey(api)}')`)
      const asked: string[] = []
      page.on('request', (request) => {
        const { pathname } = new URL(request.url())
        if (pathname === asks) asked.push(request.url())
      })
      const began = performance.now()
      await page.goto(path.includes('GROUP') ? path.replace('GROUP', await groupIn(api)) : path)
      const place = path === '/connections' ? page.getByRole('region', { name: 'Connections' }) : page.getByRole('main')
      const rows = path === '/' ? page.getByRole('article') : place.locator('tbody tr')
      const wanted = rows.filter({ hasText: first })
      await wanted.first().waitFor()
      console.log(`${name}: drawn after ${Math.round(performance.now() - began)} ms`)
      const drawn = await rows.count()
      expect(drawn).toBeGreaterThan(0)
      expect(drawn).toBeLessThanOrEqual(MOST_ROWS)
      expect(asked.length).toBeLessThanOrEqual(MOST_REQUESTS)
      expect(await page.evaluate('document.querySelectorAll("*").length')).toBeLessThan(MOST_ELEMENTS)
      const before = await wanted.first().textContent()
      await page
        .getByRole('button', { name: /^(Older|Next)$/ })
        .first()
        .click()
      await wanted
        .first()
        .filter({ hasNotText: before ?? '' })
        .waitFor()
      expect(await rows.count()).toBeLessThanOrEqual(MOST_ROWS)
      expect(asked.length).toBeLessThanOrEqual(2 * MOST_REQUESTS)
      await page.goBack()
      await wanted
        .first()
        .filter({ hasText: before ?? '' })
        .waitFor()
      expect(complaints).toEqual([])
    },
  )
})

async function groupIn(api: Api): Promise<string> {
  const { items } = (await api.get('/v1/dead-letters?limit=1')).json
  return items[0].group
}

async function staged(api: Api): Promise<void> {
  const places = [{ source: { topic: 'orders', partition: 0, offset: 1, bytes: 10 }, mapped: null }]
  const results = numbers.map((index) => {
    const result = entityResult({ source: 'shop-alder', connection: 'alder', key: keyOf(index), status: 'succeeded' })
    return statusRecord('deliver-erp', 1_000 + index, [result], null, places)
  })
  await stagedStage(api).handle(results, batchContext().context)
}

async function stock(api: Api): Promise<void> {
  const about = { entity: 'inventory', source: 'erp', connection: 'alder', status: 'succeeded' }
  const told = numbers.map((index) => {
    const mapped = { topic: 't.universal-inventory', partition: 0, offset: index, bytes: 10 }
    const results = [entityResult({ ...about, key: keyOf(index) })]
    return statusRecord('inventory-feed', 1_000 + index, results, null, [{ source: null, mapped }])
  })
  await stagedStage(api).handle(told, batchContext().context)
}

async function letters(api: Api, fieldOf: (index: number) => string): Promise<void> {
  const of = (index: number) => ({ deadLetterId: `d-${index}`, connection: 'alder', key: keyOf(index) })
  await api.letters.project(...numbers.map((index) => deadLettered({ ...of(index), field: fieldOf(index) })))
}

async function parked({ tables }: Api): Promise<void> {
  const record = { topic: 't', partition: 0, offset: 1n, timestamp: 1, key: null, value: null, headers: [] }
  const why = { code: 'item_missing', message: 'no item', rank: '1', whole: true, attempts: 2, firstAt: 0 }
  const parking = createParking(tables, 'deliver-erp', 0)
  for (const index of numbers) {
    const key = `vendor-orders|${keyOf(index)}`
    const about = { entity: 'orders', source: 'shop-alder', key, connection: 'alder', eventId: 'e', occurredAt: 1 }
    const item = { id: parkedId('alder', key, 1n), connection: 'alder', key, record, ...why }
    await parking.park({ ...item, about: { ...about, readAt: 1, taskId: null } }, { held: 'alder' })
  }
}

const run = (id: string, at: number) => {
  const requested_at = new Date(Date.UTC(2026, 0, 31, 7) - at * 1_000).toISOString()
  return { id, read: READ, trigger: 'schedule', reason: null, backfill_from: null, requested_at } as const
}

async function runs({ tables }: Api): Promise<void> {
  for (const index of numbers) await createRun(tables, run(`t-${index}`, index))
}

async function entities(api: Api): Promise<void> {
  await createRun(api.tables, run('t', 0))
  await changeRun(
    api.tables,
    { id: 't', fence: 1 },
    { set: { state: 'ended', published: MANY, connections: ['alder'] } },
  )
  const results = numbers.map((index) => {
    const result = entityResult({ source: 'shop-alder', connection: 'alder', key: keyOf(index), status: 'succeeded' })
    return statusRecord('deliver-erp', 1_000 + index, [result], 't')
  })
  await taskStage(api).handle(results, batchContext().context)
}

async function keys({ operations }: Api): Promise<void> {
  const all = { scopes: ['observe'], connections: null, systems: null, expires_at: null, created_by: 'boss' } as const
  for (const index of numbers) await operations.keys.create({ name: `key ${index}`, ...all })
}

async function adminKey({ operations }: Api): Promise<string> {
  const scopes = ['observe', 'administer'] as const
  const all = { connections: null, systems: null, expires_at: null, created_by: 'boss' } as const
  return (await operations.keys.create({ name: 'boss', scopes, ...all })).text
}

async function entries({ operations }: Api): Promise<void> {
  const nothing = { key: null, from: null, code: null, before: null, after: null } as const
  for (const index of numbers) {
    const about = { who: 'ann', kind: 'cli', what: 'thing.put', target: keyOf(index), outcome: 'done' } as const
    await operations.audit.record({ ...nothing, ...about })
  }
}
