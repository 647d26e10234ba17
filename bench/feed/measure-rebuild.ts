import { randomUUID } from 'node:crypto'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { buildDeps } from '../../src/operations/wiring.ts'
import { forEachBounded } from '../../src/platform/bounded.ts'
import type { Item } from '../../src/platform/dynamodb/tables.ts'
import { META } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { build } from '../../src/projections/rebuild/build.ts'
import { createRebuilds } from '../../src/projections/rebuild/create-rebuilds.ts'
import { giveUpGeneration } from '../../src/projections/rebuild/generations.ts'
import { bareTables } from '../bare-tables.ts'
import { configuration } from '../data/configuration.ts'
import { inventory } from '../data/inventory.ts'
import { VENDOR_PREFIX } from '../data/orders.ts'
import { chunks, mapped } from '../fill.ts'
import { runtimeSide } from '../jobs/runtime-side.ts'
import { median, medianRatio } from '../median.ts'
import type { BenchServers } from '../servers.ts'
import type { Measurements } from '../table/rows.ts'
import { timesInTurn } from './times-in-turn.ts'

export interface RebuildOptions {
  readonly seed: number
  readonly rounds: number
  /** Changes in the topic, each of another SKU. */
  readonly rebuilt: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const CHUNK = 1000
/** As many items as DynamoDB takes in a request, and as many requests at once as the projector has writers. */
const ITEMS_A_REQUEST = 25
const WRITERS = 16

/** A rebuild until it can be switched to, its comparison with the live rows included, beside batches of the same items. */
export async function measureRebuild(servers: BenchServers, options: RebuildOptions): Promise<Measurements> {
  const { seed, rounds, rebuilt, log, signal } = options
  const { platform } = servers
  await applyConfiguration(platform.tables, configuration)
  for await (const records of chunks(oneChangeEach(servers, seed, rebuilt), CHUNK)) {
    await platform.producer.send(records)
  }
  await runtimeSide(platform, { job: 'project', side: 'runtime', events: rebuilt, group: `bench-${randomUUID()}` })
  const items: Item[] = []
  for await (const page of platform.tables.scan(inventoryFeed.table)) {
    items.push(...page.filter(({ pk }) => pk !== META))
  }
  log(`rebuild: ${items.length} rows are in the table`)
  const bare = bareBatches(servers, items)
  const sides = { ours: () => rebuildOnce(servers, items.length, signal), theirs: bare.seconds }
  const times = await timesInTurn(sides, rounds, (line) => log(`rebuild ${line}`))
  bare.close()
  const perSecond = (all: readonly number[]) => items.length / median(all)
  const ratio = medianRatio(times.theirs, times.ours)
  return { rebuild: { value: perSecond(times.ours), theirs: perSecond(times.theirs), ratio, rounds } }
}

async function* oneChangeEach({ platform }: BenchServers, seed: number, count: number) {
  let number = 0
  for (const change of inventory({ seed, count, keys: count })) {
    const sku = `${VENDOR_PREFIX}${String(number).padStart(7, '0')}`
    number += 1
    yield* mapped(platform, { ...change, key: sku, data: { ...change.data, sku } })
  }
}

/** Seconds of one rebuild. It is given up afterwards, so that the next one begins from nothing too. */
async function rebuildOnce({ platform }: BenchServers, rows: number, signal: AbortSignal): Promise<number> {
  const deps = buildDeps(platform)
  const begun = performance.now()
  const asked = await createRebuilds(deps).request({ table: inventoryFeed.table, by: null, reason: null })
  const job = await deps.jobs.take(asked, platform.clock.now(), deps.leaseMs)
  if (job === undefined) throw new Error(`another took ${asked.id}`)
  const { rows_rebuilt, differing } = await build(deps, job, inventoryFeed, signal)
  const seconds = (performance.now() - begun) / 1000
  if (rows_rebuilt !== rows || differing > 0)
    throw new Error(`${rows_rebuilt} rows were rebuilt of ${rows}; ${differing} differ`)
  await giveUpGeneration(platform.tables, inventoryFeed, job)
  await deps.jobs.end(job, { state: 'dropped' })
  return seconds
}

/** The items under other keys, by DynamoDB's own client. */
function bareBatches({ platform: { config } }: BenchServers, items: readonly Item[]) {
  const { documents, close } = bareTables(config)
  const table = `${config.tablePrefix}${inventoryFeed.table}`
  const seconds = async () => {
    const run = randomUUID()
    const requests = items.map((item) => ({ PutRequest: { Item: { ...item, pk: `${run}#${String(item['pk'])}` } } }))
    const begun = performance.now()
    const batches = Array.from({ length: Math.ceil(requests.length / ITEMS_A_REQUEST) }, (_, index) =>
      requests.slice(index * ITEMS_A_REQUEST, (index + 1) * ITEMS_A_REQUEST),
    )
    await forEachBounded(batches, WRITERS, async (batch) => {
      const { UnprocessedItems: left } = await documents.send(
        new BatchWriteCommand({ RequestItems: { [table]: batch } }),
      )
      if ((left?.[table]?.length ?? 0) > 0) throw new Error('DynamoDB did not take all items')
    })
    return (performance.now() - begun) / 1000
  }
  return { seconds, close }
}
