import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { expect, inject, onTestFinished } from 'vitest'
import { ownDemoData } from '../../worlds/demo-data.ts'
import { type RunningProcess, startProgram } from '../../worlds/processes.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

interface Summary {
  readonly ok: boolean
  readonly seconds: number
  readonly entities: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly fulfilments: Readonly<Record<string, number>>
}

/** `npm start` on a dataset of ten orders that nobody else uses, so that its folder is one test file's alone. */
export function demoOf(seed: number) {
  const dataset = ['--catalog', smallCatalogFile, '--orders', '10', '--seed', String(seed)]
  const prefix = `once-${randomUUID().slice(0, 8)}.`
  const env = { ...inject('services'), TOPIC_PREFIX: prefix, TABLE_PREFIX: prefix, FEED_SETTLE_MS: '200' }
  const { dataDir } = ownDemoData(dataset)
  const run = async (name: string, args: readonly string[], more: Readonly<Record<string, string>>) => {
    const program = await startProgram({ name, args: [...args, ...dataset], env: more })
    onTestFinished(() => program.signal('SIGKILL'))
    return program
  }
  return {
    start(args: readonly string[], more: Readonly<Record<string, string>>): Promise<RunningProcess> {
      return run('start', ['scripts/bootstrap.mjs', 'start', ...args], more)
    },
    async once(): Promise<Summary> {
      const program = await run('start', ['scripts/bootstrap.mjs', 'start', '--once', '--json'], env)
      const exit = await program.exited
      expect(exit, program.output()).toEqual({ code: 0, signal: null })
      return JSON.parse(program.printed().trim().split('\n').at(-1) ?? '') as Summary
    },
    /** The simulators alone, on what they kept; `change` is done with NetSuite's address. */
    async betweenRuns(change: (netsuite: string) => Promise<void>): Promise<void> {
      const simulators = await run('simulators', ['simulators/main.ts', '--data', join(dataDir, 'simulators')], {})
      const addresses = JSON.parse(await simulators.line(/^\{/)) as { readonly netsuite: { readonly url: string } }
      await change(addresses.netsuite.url)
      simulators.closeInput()
      expect(await simulators.exited).toEqual({ code: 0, signal: null })
    },
  }
}

/** How many events of each kind a run published. */
export function publishedOf({ entities }: Summary): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(Object.entries(entities).map(([kind, counts]) => [kind, counts['published']]))
}

/** A first run: it reads, publishes, delivers and projects everything there is, and what was shipped is in the shop. */
export function expectWhole({ ok, seconds, entities, fulfilments }: Summary): void {
  expect({ ok, seconds }).toEqual({ ok: true, seconds: expect.any(Number) })
  const { orders, products, inventory, prices, images } = entities
  expect(orders).toMatchObject({ read: 10, published: 10, deadLettered: 0 })
  expect((orders?.['delivered'] ?? 0) + (orders?.['ignored'] ?? 0)).toBe(10)
  expect(orders?.['delivered']).toBeGreaterThan(0)
  expect(fulfilments['delivered']).toBeGreaterThan(0)
  expect(fulfilments['deadLettered']).toBe(0)
  for (const kind of [products, inventory, prices, images]) {
    expect(kind?.['published']).toBeGreaterThan(0)
    expect(kind).toMatchObject({ deadLettered: 0, projected: expect.any(Number), pulled: expect.any(Number) })
  }
}

interface NetSuiteItem {
  readonly itemId: string
  readonly locations: {
    readonly items: readonly { readonly location_display: string; readonly quantityAvailable: number }[]
  }
}

/** Changes how much NetSuite has of one item. */
export async function changeOneStock(netsuite: string): Promise<void> {
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
