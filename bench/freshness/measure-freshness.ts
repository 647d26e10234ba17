import { setTimeout as sleep } from 'node:timers/promises'
import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { inTurn } from '../alternate.ts'
import { bareTables } from '../bare-tables.ts'
import { configuration } from '../data/configuration.ts'
import { Load } from '../feed/load.ts'
import { type Child, startChild } from '../feed/start-child.ts'
import { sourceRecord } from '../fill.ts'
import { median, medianRatio } from '../median.ts'
import { quantile } from '../quantile.ts'
import { type BenchServers, openServers } from '../servers.ts'
import type { Measurement, Measurements } from '../table/rows.ts'
import { barePartition } from './bare-item.ts'
import { hasStock, type Stock, stockChange } from './stock-changes.ts'

export interface FreshnessOptions {
  readonly rounds: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

/** Ten changes every 50 ms: 200 a second. */
const CHANGES = 10
const EVERY_MS = 50
const PARTS = 200
const LOOK_MS = 5

const sides = ['ours', 'bare'] as const
type Side = (typeof sides)[number]

/** Something that shows changes to a reader. */
interface Chain {
  readonly servers: BenchServers
  readonly child: Child
  /** Resolves when a reader sees all of these changes; tells of each one when. */
  watch(changes: ReadonlyMap<string, number>, seen: (sku: string) => void, signal: AbortSignal): Promise<void>
  close(): void
}

/** How old stock changes are when a reader has them, beside the shortest chain of the same servers. */
export async function measureFreshness(servers: BenchServers, options: FreshnessOptions): Promise<Measurements> {
  const { rounds, log, signal } = options
  const chains = new Map<Side, Chain>()
  const delays: Record<Side, (readonly number[])[]> = { ours: [], bare: [] }
  try {
    for (const side of sides) {
      const own = await openServers(log, signal, servers.env)
      chains.set(side, await (side === 'ours' ? openOurs(own) : openBare(own)))
    }
    // The first round makes the rows; what follows changes them, as stock changes do.
    await inTurn(sides, rounds + 1, async (side, round) => {
      const chain = chains.get(side)
      if (chain === undefined) return
      const measured = await delaysOf(chain, round, signal)
      if (round === 1) return
      delays[side].push(measured)
      const [p50, p99] = [0.5, 0.99].map((share) => quantile(measured, share).toFixed(0))
      log(`freshness ${round - 1}/${rounds} ${side}: p50 ${p50} ms, p99 ${p99} ms`)
    })
  } finally {
    for (const { servers: own, child, close } of chains.values()) {
      close()
      await child.end()
      await own.close()
    }
  }
  const row = (share: number): Measurement => {
    const [ours, bare] = sides.map((side) => delays[side].map((all) => quantile(all, share)))
    return { value: median(ours ?? []), theirs: median(bare ?? []), ratio: medianRatio(ours ?? [], bare ?? []), rounds }
  }
  return { 'freshness-p50': row(0.5), 'freshness-p99': row(0.99) }
}

/** Milliseconds from the append of each change until the reader has it. */
async function delaysOf({ servers: { platform }, watch }: Chain, stock: number, stop: AbortSignal) {
  const sent = new Map<string, number>()
  const delays: number[] = []
  const changes = Array.from({ length: PARTS * CHANGES }, (_, index) => stockChange(index, stock))
  const ended = new AbortController()
  const seen = (sku: string) => void delays.push(performance.now() - (sent.get(sku) ?? Number.NaN))
  const wanted = new Map(changes.map(({ key }) => [key, stock]))
  const watching = watch(wanted, seen, AbortSignal.any([stop, ended.signal]))
  try {
    const begun = performance.now()
    for (let part = 0; part < PARTS; part += 1) {
      await sleep(Math.max(0, begun + part * EVERY_MS - performance.now()), undefined, { signal: stop })
      const records = changes.slice(part * CHANGES, (part + 1) * CHANGES).map((change) => {
        sent.set(change.key, performance.now())
        return sourceRecord(platform, 'inventory', { ...change, readAt: Date.now(), occurredAt: Date.now() })
      })
      await platform.producer.send(records)
    }
    await watching
  } finally {
    ended.abort()
  }
  return delays
}

interface Page {
  readonly items: readonly { readonly sku: string; readonly data: Stock }[]
  readonly cursor: string
}

/** Our stages and API; the reader polls the feed by its cursor. */
async function openOurs(servers: BenchServers): Promise<Chain> {
  const { platform, env } = servers
  await applyConfiguration(platform.tables, configuration)
  const usual = { API_PORT: '0', API_REQUESTS_PER_MINUTE: '10000000' }
  const child = await startChild('../freshness/roles.ts', '', { ...env, ...usual })
  const load = new Load(1)
  const [connection] = configuration.connections
  const first = `${child.url}/v1/feeds/inventory?connection=${connection?.id}`
  let url = first
  return {
    servers,
    child,
    async watch(changes, seen, signal) {
      const missing = new Map(changes)
      while (missing.size > 0 && !signal.aborted) {
        const { items, cursor } = JSON.parse(await load.read(url)) as Page
        url = `${first}&cursor=${encodeURIComponent(cursor)}`
        for (const item of items) {
          const stock = missing.get(item.sku)
          if (stock === undefined || !hasStock(item.data, stock)) continue
          missing.delete(item.sku)
          seen(item.sku)
        }
        if (items.length === 0) await sleep(LOOK_MS)
      }
    },
    close: () => load.close(),
  }
}

/** Consume and put; the reader asks for one in ten of the changed rows until it has the change. */
async function openBare(servers: BenchServers): Promise<Chain> {
  const { platform, env } = servers
  const child = await startChild('../freshness/bare-chain.ts', '', env)
  const { documents, close } = bareTables(platform.config)
  const TableName = `${platform.config.tablePrefix}${inventoryFeed.table}`
  const isThere = async (sku: string, stock: number) => {
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': barePartition(sku) },
      ConsistentRead: true,
    }
    const { Items: [row] = [] } = await documents.send(new QueryCommand(query))
    return row !== undefined && hasStock(row as unknown as Stock, stock)
  }
  return {
    servers,
    child,
    async watch(changes, seen, signal) {
      // In the order in which they are made: a row is asked for from the moment that its turn has come.
      const asked = [...changes].filter((_, index) => index % CHANGES === 0)
      await Promise.all(
        asked.map(async ([sku, stock], part) => {
          await sleep(part * EVERY_MS, undefined, { signal })
          while (!signal.aborted && !(await isThere(sku, stock))) await sleep(LOOK_MS)
          if (!signal.aborted) seen(sku)
        }),
      )
    },
    close,
  }
}
