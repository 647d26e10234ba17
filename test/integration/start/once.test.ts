import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { findJava } from '../../../services/java.ts'
import { isAlive } from '../../../services/lock.ts'
import { ownDemoData } from '../../data/demo-data.ts'
import { descendants, startProgram } from '../../worlds/processes.ts'

/** A dataset that nobody else uses, so its folder is this test's alone. */
const DATASET = ['--orders', '10', '--seed', '918273645']
const prefix = `once-${randomUUID().slice(0, 8)}.`
const shared = { ...inject('services'), TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix, FEED_SETTLE_MS: '200' }
const { dataDir } = ownDemoData(DATASET)
const java = await findJava(process.env)

interface Summary {
  readonly ok: boolean
  readonly seconds: number
  readonly entities: Readonly<Record<string, Readonly<Record<string, number>>>>
}

async function start(args: readonly string[], env: Readonly<Record<string, string | undefined>>) {
  const started = await startProgram({
    name: 'start',
    args: ['scripts/bootstrap.mjs', 'start', ...DATASET, ...args],
    env,
  })
  onTestFinished(() => started.signal('SIGKILL'))
  return started
}

async function once(): Promise<Summary> {
  const run = await start(['--once', '--json'], shared)
  const exit = await run.exited
  expect(exit, run.output()).toEqual({ code: 0, signal: null })
  return JSON.parse(run.printed().trim().split('\n').at(-1) ?? '') as Summary
}

const published = ({ entities }: Summary) =>
  Object.fromEntries(Object.entries(entities).map(([kind, counts]) => [kind, counts['published']]))

/** The simulators alone, on what they kept; `change` is done with NetSuite's address. */
async function betweenRuns(change: (netsuite: string) => Promise<void>): Promise<void> {
  const data = join(dataDir, 'simulators')
  const simulators = await startProgram({
    name: 'simulators',
    args: ['simulators/main.ts', '--data', data, ...DATASET],
    env: {},
  })
  onTestFinished(() => simulators.signal('SIGKILL'))
  const addresses = JSON.parse(await simulators.line(/^\{/)) as { readonly netsuite: { readonly url: string } }
  await change(addresses.netsuite.url)
  simulators.closeInput()
  expect(await simulators.exited).toEqual({ code: 0, signal: null })
}

interface NetSuiteItem {
  readonly itemId: string
  readonly locations: {
    readonly items: readonly { readonly location_display: string; readonly quantityAvailable: number }[]
  }
}

async function changeOneStock(netsuite: string): Promise<void> {
  const { items } = (await (await fetch(`${netsuite}/_sim/state`)).json()) as { items: readonly NetSuiteItem[] }
  const item = items.find((one) => one.locations.items.length > 0)
  const [location] = item?.locations.items ?? []
  if (item === undefined || location === undefined) throw new Error('NetSuite has no stock')
  const available = location.quantityAvailable + 17
  const place = `${encodeURIComponent(item.itemId)}/locations/${encodeURIComponent(location.location_display)}`
  const answer = await fetch(`${netsuite}/_sim/items/${place}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ quantityonhand: available + 5, quantityavailable: available }),
  })
  expect(answer.status).toBe(200)
}

it('runs once and ends; on kept data only what changed is published', async () => {
  const first = await once()
  expect(first).toMatchObject({ ok: true, seconds: expect.any(Number) })
  const { orders, products, inventory, images } = first.entities
  expect(orders).toMatchObject({ read: 10, published: 10, deadLettered: 0 })
  expect((orders?.['delivered'] ?? 0) + (orders?.['ignored'] ?? 0)).toBe(10)
  expect(orders?.['delivered']).toBeGreaterThan(0)
  for (const kind of [products, inventory, images]) {
    expect(kind?.['published']).toBeGreaterThan(0)
    expect(kind).toMatchObject({ deadLettered: 0, projected: expect.any(Number), pulled: expect.any(Number) })
  }

  const second = await once()
  expect(second.ok).toBe(true)
  expect(published(second)).toEqual({ orders: 0, products: 0, inventory: 0, images: 0 })

  await betweenRuns(changeOneStock)
  const third = await once()
  expect(third.ok).toBe(true)
  expect(published(third)).toEqual({ orders: 0, products: 0, inventory: 1, images: 0 })
})

it.skipIf(java.why !== undefined)('Ctrl-C during a run ends every process, the servers too', async () => {
  const alone = { KAFKA_BROKERS: '', SCHEMA_REGISTRY_URL: '', DYNAMODB_ENDPOINT: '', SERVICES: 'jars' }
  const run = await start(['--fresh'], alone)
  await run.line(/everything runs/)
  const below = descendants(run.pid)
  // The program, the simulators, the supervisor and three servers.
  expect(below.length).toBeGreaterThanOrEqual(6)
  run.signal('SIGINT')
  expect((await run.exited).code).toBe(130)
  expect(below.filter(isAlive)).toEqual([])
})
