import type { Configuration, Connection } from '../../src/configuration/model.ts'
import { controlTables, SYNC_CONTROL } from '../../src/control/tables.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import type { InventoryChanged, UniversalInventoryChanged } from '../../src/events/generated/events.ts'
import { isoTime } from '../../src/events/times.ts'
import { sellableRow } from '../../src/operations/sellable-row.ts'
import { createFindStockProgress } from '../../src/operations/stock-progress.ts'
import type { LogProducer } from '../../src/platform/kafka/event-log.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { createPositions, positionTables } from '../../src/platform/runtime/positions.ts'
import { mapInventory } from '../../src/processors/map-inventory.ts'
import { claimTables, listOversold } from '../../src/processors/stock/claim-rows.ts'
import { holdOversoldStage } from '../../src/processors/stock/hold-oversold.ts'
import { reserveStockStage, settleStockStage } from '../../src/processors/stock/reserve-stock.ts'
import { createShownStock } from '../../src/processors/stock/shown-stock.ts'
import { readMeta } from '../../src/projections/feed-table.ts'
import { createFindStock } from '../../src/projections/find-stock.ts'
import { inventoryFeed, type StockParts } from '../../src/projections/inventory-feed.ts'
import { type FeedPlaces, readFeed } from '../../src/projections/read-feed.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { stagedStage } from '../../src/projections/staged.ts'
import { projectionTables } from '../../src/projections/tables.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import type { StockProgress } from '../../src/rules/stock-row.ts'
import {
  connectionOf,
  contextOf,
  fulfilmentChanged,
  inventoryChanged,
  lineOf,
  orderOf,
  vendorOrder,
} from '../data/processor-events.ts'
import { entityResult, statusRecord } from '../data/sync-status.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryTables } from '../memory/tables.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from './stage-context.ts'

const VENDOR = 'netsuite'
const READ = `${VENDOR}.inventory.all`
export const SKU = 'A-1'
const SHARDS = 2
const MAPPING = mapInventory.name
const SOURCE = 'inventory'

type Row = ReturnType<typeof decoded<'universal-inventory'>>

/** A connection of its own shop and the vendor, whose stock orders reserve. */
export function reserving(id: string, more: Partial<Connection> = {}): Connection {
  const usual = { shop: `${id}-shop`, vendor: VENDOR, reads: [READ], sellableStock: { reserve: true } }
  return connectionOf(id, '^A', { ...usual, ...more })
}

/** Every read is in the feed as soon as it is complete. */
const AT_ONCE: StockProgress = { until: Number.POSITIVE_INFINITY, isHeld: () => false }

/**
 * One vendor's stock: what orders claim of it, and the feed. Nothing moves by itself. `ignoresPipeline`: the ledger does
 * not ask how far the mapping and the feed are.
 */
export function stockWorld(connections: readonly Connection[], { ignoresPipeline = false } = {}) {
  const tables = memoryTables([...claimTables, ...projectionTables, ...controlTables, ...positionTables])
  const clock = { time: Date.UTC(2026, 5, 1), now: () => clock.time }
  const codec = memoryCodec()
  const log: Row[][] = Array.from({ length: SHARDS }, () => [])
  const projected = log.map(() => 0)
  const append = (event: UniversalInventoryChanged) => {
    const partition = partitionOfKey(`${event.connection}|${event.source}|${event.key}`, SHARDS)
    const own = log[partition] ?? []
    own.push(decoded<'universal-inventory'>(event, { offset: own.length, timestamp: clock.time, partition }))
  }
  const producer: Pick<LogProducer, 'send'> = {
    async send(records) {
      for (const { value } of records) append(await codec.decode('universal-inventory', value as Buffer))
    },
  }
  const configuration: Configuration = { revision: 1, systems: [], connections, metadata: [] }
  const findStock = createFindStock({ tables, shards: SHARDS })
  const positions = createPositions(tables)
  const findProgress = createFindStockProgress({ tables, positions, topicPrefix: '', shards: SHARDS })
  const shownStock = createShownStock({
    tables,
    clock,
    findProgress: ignoresPipeline ? async () => AT_ONCE : findProgress,
  })
  const ofFeed = { findStock, shownStock }
  const deps = { tables, producer, codec, clock, configuration: () => configuration, topicPrefix: '', ...ofFeed }
  const reserve = reserveStockStage(VENDOR, deps)
  const settle = settleStockStage(VENDOR, deps)
  const feed = feedStage(inventoryFeed, { tables, reporter: memoryReporter(), settleMs: 0, logger: silentLogger })
  const versionOf = (version: number) => ({ occurredAt: 1_000 + version, readAt: 2_000 + version })
  const hold = holdOversoldStage(VENDOR, deps)
  let offset = 0
  const nextOffset = () => {
    offset += 1
    return offset
  }
  const staged = stagedStage({ tables, settleMs: 0 })
  /** Changes of levels, in the order in which they were read, and how many of them the mapping has handled. */
  const source: { readonly event: InventoryChanged; readonly appendedAt: number }[] = []
  let mapped = 0
  const mappingIsAt = async (time: number) => {
    await positions.note(MAPPING, SOURCE, 0, BigInt(mapped))
    await positions.noteUntil(MAPPING, SOURCE, 0, time)
  }
  const mapOne = async (event: InventoryChanged, of = connections) => {
    for (const { outputs } of [await mapInventory.process(event, contextOf(...of), undefined)]) {
      for (const output of outputs) if (output.kind === 'universal-inventory') append(output.event)
    }
  }
  const levelRead = (available: number, readAt: number, sku: string): InventoryChanged => {
    const read = { ...inventoryChanged(sku, { Main: [String(available), String(available)] }), source: VENDOR }
    return { ...read, occurredAt: readAt, readAt, eventId: `${sku}-${readAt}` }
  }
  /** What the mapping reports about a change, for each connection. */
  const reportMapping = async (
    { source: from, key, eventId, occurredAt, readAt }: InventoryChanged,
    status: string,
  ) => {
    const results = connections.map(({ id: connection }) =>
      entityResult({ entity: 'inventory', source: from, key, connection, eventId, occurredAt, readAt, status }),
    )
    const { event } = statusRecord(MAPPING, clock.time, results)
    await staged.handle([decoded<'sync-status'>(event, { offset: nextOffset() })], batchContext().context)
  }
  return {
    tables,
    clock,
    log,
    /** Routes a version of an order to the vendor. */
    async order(
      connection: string,
      number: string,
      pieces: number,
      { version = 1, sku = SKU, canceled = false, held = false } = {},
    ) {
      const line = lineOf('1', sku, { quantityOrdered: decimal8(pieces, 'pieces') })
      const event = { ...vendorOrder(connection, number, orderOf([line])), ...versionOf(version), canceled, held }
      const record = decoded<'vendor-orders'>(event, { offset: nextOffset(), timestamp: clock.time })
      await reserve.handle([record], batchContext().context)
      return async () => await reserve.handle([record], batchContext().context)
    },
    /** The vendor's sink reports the end of a delivery. */
    async report(
      connection: string,
      number: string,
      status: string,
      { version = 1, code = null }: { readonly version?: number; readonly code?: string | null } = {},
    ) {
      const result = entityResult({ status, code, key: number, connection, ...versionOf(version) })
      const record = statusRecord(`deliver-${VENDOR}`, clock.time, [result])
      await settle.handle([record], batchContext().context)
      return async () => await settle.handle([record], batchContext().context)
    },
    /** Levels that were read at a time; appended now. `of`: the connections that have the SKU by now. */
    async level(available: number, readAt = clock.time, sku = SKU, { deleted = false, of = connections } = {}) {
      await mapOne({ ...levelRead(available, readAt, sku), deleted }, of)
    },
    /** Levels that were read at a time are appended now, and wait for the mapping; null: no level changed. */
    async read(available: number | null, readAt = clock.time, sku = SKU) {
      if (available !== null) source.push({ event: levelRead(available, readAt, sku), appendedAt: clock.time })
      const set = { cut_date: isoTime(readAt), read_until: { until: isoTime(readAt), at: isoTime(clock.time) } }
      await tables.update(SYNC_CONTROL, { read: READ }, { set })
    },
    /**
     * The mapping handles the next change: it maps it, or holds it and reports that. Where there is none, it notes that
     * it is idle. Gives what takes a held change up again.
     */
    async map(outcome: 'processing' | 'waiting' | 'failed' = 'processing'): Promise<(() => Promise<void>) | null> {
      const next = source[mapped]
      if (next === undefined) {
        await mappingIsAt(clock.time)
        return null
      }
      if (outcome === 'processing') await mapOne(next.event)
      await reportMapping(next.event, outcome)
      mapped += 1
      await mappingIsAt(next.appendedAt)
      return async () => {
        await mapOne(next.event)
        await reportMapping(next.event, 'processing')
      }
    },
    /** The feed has nothing to do. */
    async idle() {
      const partitions = Array.from({ length: SHARDS }, (_, partition) => partition)
      const behind = partitions.filter((partition) => (projected[partition] ?? 0) < (log[partition]?.length ?? 0))
      await feed.onIdle?.(
        partitions.filter((partition) => !behind.includes(partition)),
        inventoryFeed.kind,
        clock.time,
      )
    },
    /** The feed gets what was appended; again: also its last records. */
    async project({ again = 0 } = {}) {
      for (const [partition, records] of log.entries()) {
        const from = Math.max(0, (projected[partition] ?? 0) - again)
        const batch = records.slice(from)
        projected[partition] = records.length
        if (batch.length > 0) await feed.handle(batch, batchContext(partition).context)
      }
    },
    /** The vendor cancels an order, and says why. */
    async cancel(connection: string, number: string, reason: string | null, sku = SKU) {
      const lines = [{ sku, lineId: '1', quantity: decimal8(1, 'pieces'), location: null, reason }]
      const data = {
        kind: 'cancellation',
        orderNumber: number,
        orderReference: orderReference(connection, number),
        lines,
      }
      const event = fulfilmentChanged(data, { source: VENDOR })
      const record = decoded<'fulfilments'>(event, { offset: nextOffset(), timestamp: clock.time })
      await hold.handle([record], batchContext().context)
      return async () => await hold.handle([record], batchContext().context)
    },
    oversold: () => listOversold(tables, VENDOR),
    async tick() {
      for (const stage of [reserve, hold]) await stage.onTick?.(batchContext().context)
    },
    /** What a shop that follows the cursor gets: the rows that are new to it. */
    reader(id: string) {
      let places: FeedPlaces = {}
      const connection = connections.find((one) => one.id === id)
      return async () => {
        const meta = await readMeta(tables, inventoryFeed)
        const filter = { connection: id, sources: null, from: null, to: null }
        const page = await readFeed({ tables, feed: inventoryFeed, meta, shards: SHARDS }, filter, places, 100)
        places = page.places
        return page.rows.map((row) => {
          const { total, parts } = sellableRow(row, connection).data as { total: string; parts: StockParts }
          const { reserved, reason, held_until } = parts
          return held_until === null ? { sku: row.key, total, reserved } : { sku: row.key, total, reason, held_until }
        })
      }
    },
  }
}
