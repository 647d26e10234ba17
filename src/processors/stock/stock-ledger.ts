import type { Configuration, Connection } from '../../configuration/model.ts'
import { stockSources } from '../../configuration/stock-reads.ts'
import { StreamError } from '../../errors.ts'
import { greatest, ZERO8 } from '../../events/decimal.ts'
import { digest } from '../../events/identity.ts'
import { recordKey, universalKind } from '../../events/topics.ts'
import { forEachBounded, mapBounded } from '../../platform/bounded.ts'
import type { Clock } from '../../platform/clock.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import type { LogProducer, OutgoingRecord } from '../../platform/kafka/event-log.ts'
import { claimsOfSku, type OrderClaims } from '../../rules/order-claims.ts'
import {
  claimsDueAt,
  currentClaims,
  missingDueAt,
  NO_SKU_CLAIMS,
  type SkuClaims,
  type StockRead,
  storedClaimsOf,
} from '../../rules/sku-claims.ts'
import { eventClaims, type StoredClaims } from '../../rules/stock-claims.ts'
import { countsClaims, type FindStock, type StockRow } from '../../rules/stock-row.ts'
import { type ClaimStore, createClaimStore, type OrderState, placeOfOrder, placeOfSku } from './claim-rows.ts'
import type { ShownStock, ShownUntil } from './shown-stock.ts'

export interface StockLedgerDeps {
  readonly tables: Tables
  readonly producer: Pick<LogProducer, 'send'>
  readonly codec: Pick<EventCodec, 'encode'>
  readonly clock: Pick<Clock, 'now'>
  readonly configuration: () => Configuration
  readonly topicPrefix: string
  readonly findStock: FindStock
  readonly shownStock: ShownStock
}

/** A change of what an order claims. */
export interface ClaimChange {
  /** connection|order. */
  readonly order: string
  change(before: OrderState | undefined): OrderState
}

/** What orders claim of one vendor's stock. */
export interface StockLedger {
  /**
   * Applies the changes in order, then sends the claims of all their SKUs to the feeds of the vendor's connections.
   * Repeating it changes nothing and sends the same again (Guarantee 3).
   */
  apply(changes: readonly ClaimChange[], assertOwned: () => void): Promise<void>
  /** Nothing of these SKUs is sold until a time (milliseconds), if the feed has some of them. Repeating it changes nothing. */
  hold(untilBySku: ReadonlyMap<string, number>, assertOwned: () => void): Promise<void>
  /** Drops claims that are over, and sends what is left. */
  handleDue(assertOwned: () => void): Promise<void>
}

/** Orders and SKUs handled in parallel. */
const WRITERS = 16
/** Few stages write to a row at once; more conflicts in a row than this mean that something else is wrong. */
const TRIES = 20
const DUE_AT_ONCE = 100
const MINUTE_MS = 60_000

/** Orders of a SKU whose claims may have changed. */
type Touched = ReadonlyMap<string, ReadonlySet<string>>

/** What changes claims besides orders. */
interface News {
  /** By SKU: nothing of it is sold until then (milliseconds). */
  readonly holds?: ReadonlyMap<string, number>
  readonly shownUntil?: ShownUntil
}

export function createStockLedger(system: string, deps: StockLedgerDeps): StockLedger {
  const { tables, clock } = deps
  const store = createClaimStore(tables, clock)
  const connections = () => deps.configuration().connections.filter((one) => one.vendor === system && countsClaims(one))
  const publish = async (touched: Touched, assertOwned: () => void, { holds, shownUntil }: News = {}) => {
    const own = connections()
    const stock = await stockOf(deps, own, [...touched.keys()])
    const sent = await mapBounded([...touched], WRITERS, async ([sku, orders]) => {
      const rows = stock.get(sku) ?? []
      const read = { ...readOf(rows), all: shownUntil?.(sku) ?? null }
      const { available } = read
      const heldUntil = available !== null && available > 0n ? (holds?.get(sku) ?? null) : null
      const { after, revision } = await updateSku({ store, system, clock }, sku, {
        orders,
        read,
        heldUntil,
        isDue: shownUntil !== undefined,
        assertOwned,
      })
      if (own.some(({ id }) => rows.every(({ connection }) => connection !== id))) {
        await putDue(store, system, sku, missingDueAt(after, clock.now()))
      }
      const claims = storedClaimsOf(after, revision)
      return rows.filter((row) => row.claimsRevision < revision).map((row) => claimedRecord(deps, row, claims))
    })
    assertOwned()
    const records = sent.flat()
    if (records.length > 0) await deps.producer.send(records)
  }
  return {
    async apply(changes, assertOwned) {
      const touched = new Map<string, Set<string>>()
      const byOrder = [...Map.groupBy(changes, ({ order }) => order)]
      await forEachBounded(byOrder, WRITERS, async ([order, own]) => {
        const after = await changeOrder({ store, system }, order, own, assertOwned)
        for (const sku of new Set([...Object.keys(after.wanted), ...Object.keys(after.told)])) {
          touched.set(sku, (touched.get(sku) ?? new Set()).add(order))
        }
      })
      if (touched.size > 0) await publish(touched, assertOwned)
    },
    async hold(untilBySku, assertOwned) {
      const skus = [...untilBySku.keys()].map((sku) => [sku, new Set<string>()] as const)
      if (skus.length > 0) await publish(new Map(skus), assertOwned, { holds: untilBySku })
    },
    async handleDue(assertOwned) {
      const due = await store.due(system, timeId(clock.now()), DUE_AT_ONCE)
      if (due.length === 0) return
      // Before the rows are read: what is shown by then is in them.
      const shownUntil = await deps.shownStock.of(connections())
      await publish(new Map(due.map(({ sku }) => [sku, new Set<string>()])), assertOwned, { shownUntil })
      for (const { id } of due) await store.removeDue(system, id)
    },
  }
}

interface LedgerStore {
  readonly store: ClaimStore
  readonly system: string
}

async function changeOrder(
  { store, system }: LedgerStore,
  order: string,
  changes: readonly ClaimChange[],
  assertOwned: () => void,
): Promise<OrderState> {
  const place = placeOfOrder(system, order)
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await store.order(place)
    const after = changes.reduce<OrderState | undefined>((state, { change }) => change(state), before.state)
    if (after === undefined) throw new Error('an order without changes is not asked for')
    if (after === before.state) return after
    assertOwned()
    if (await store.write(place, before, { revision: before.revision + 1, state: after })) return after
  }
  throw changing(`the claims of order ${order}`)
}

interface SkuUpdate {
  readonly orders: ReadonlySet<string>
  readonly read: StockRead
  /** Milliseconds: a new hold; null: none. */
  readonly heldUntil: number | null
  /** Whether this is a check of what is due. */
  readonly isDue: boolean
  readonly assertOwned: () => void
}

/**
 * The claims of a SKU after its orders changed. The orders are read again after the write: another stage may have
 * changed one since, and its own write of the SKU may have come before ours.
 */
async function updateSku(
  { store, system, clock }: LedgerStore & Pick<StockLedgerDeps, 'clock'>,
  sku: string,
  { orders, read, heldUntil, isDue, assertOwned }: SkuUpdate,
): Promise<{ readonly after: SkuClaims; readonly revision: number }> {
  const place = placeOfSku(system, sku)
  const readOrders = () =>
    mapBounded([...orders], WRITERS, async (order) => ({ order, ...(await store.order(placeOfOrder(system, order))) }))
  let own = await readOrders()
  // A process that ended between its two writes left a SKU as oversold that is not; it left a time to check it, too.
  let mayBeNoted = isDue
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = await store.sku(place)
    const now = clock.now()
    const known = before.state ?? NO_SKU_CLAIMS
    const changed = own.flatMap(({ order, state }) => (state === undefined ? [] : [[order, claimOf(state, sku)]]))
    const until = Math.max(known.heldUntil ?? 0, heldUntil ?? 0)
    const merged = {
      ...known,
      orders: { ...known.orders, ...Object.fromEntries(changed) },
      heldUntil: until === 0 ? null : until,
    }
    const after = currentClaims(merged, read, now)
    const isSame = before.state !== undefined && JSON.stringify(after) === JSON.stringify(before.state)
    // After a loss of the table too, the revision is higher than all that were sent.
    const revision = isSame ? before.revision : Math.max(before.revision + 1, now)
    assertOwned()
    // Before the write: after a crash in between, the SKU is due once more for nothing.
    await putDue(store, system, sku, claimsDueAt(after, now))
    mayBeNoted ||= known.oversoldSince !== null
    await noteOversold(store, system, sku, after, mayBeNoted)
    // If another stage was faster, the next try may find that there is enough.
    mayBeNoted ||= after.oversoldSince !== null
    if (!isSame && !(await store.write(place, before, { revision, state: after }))) continue
    const again = await readOrders()
    if (again.every((one, index) => one.revision === own[index]?.revision)) return { after, revision }
    own = again
  }
  throw changing(`the claims of SKU ${sku}`)
}

async function noteOversold(
  store: ClaimStore,
  system: string,
  sku: string,
  { oversoldSince: since, heldUntil }: SkuClaims,
  mayBeNoted: boolean,
): Promise<void> {
  if (since !== null) await store.putOversold(system, { sku, since, heldUntil })
  else if (mayBeNoted) await store.removeOversold(system, sku)
}

function claimOf(state: OrderState, sku: string): SkuClaims['orders'][string] {
  return { ...claimsOfSku(state satisfies OrderClaims, sku), since: state.since }
}

async function putDue(store: ClaimStore, system: string, sku: string, at: number | null): Promise<void> {
  if (at === null) return
  // To the minute: the many changes of a SKU in it need one row.
  const minute = Math.ceil(at / MINUTE_MS) * MINUTE_MS
  await store.putDue(system, `${timeId(minute)}#${digest(sku)}`, sku)
}

function timeId(time: number): string {
  return String(time).padStart(15, '0')
}

async function stockOf(
  { findStock }: Pick<StockLedgerDeps, 'findStock'>,
  connections: readonly Connection[],
  skus: readonly string[],
): Promise<ReadonlyMap<string, readonly StockRow[]>> {
  const found = await mapBounded(connections, WRITERS, (one) => findStock(one, stockSources(one), skus))
  return Map.groupBy(found.flat(), ({ key }) => key)
}

/** What the rows of a SKU have; a deleted one has nothing. */
function readOf(rows: readonly StockRow[]): Pick<StockRead, 'sku' | 'available'> {
  const there = rows.filter(({ deleted }) => !deleted)
  const available = there.length === 0 ? null : there.reduce((most, { data }) => greatest(most, data.total), ZERO8)
  return { sku: oldestOf(there.map(({ readAt }) => readAt)), available }
}

const oldestOf = (times: readonly number[]): number | null => (times.length === 0 ? null : Math.min(...times))

/** The event that gives a row its claims. Its levels are the row's own: if newer ones are there, these count. */
function claimedRecord(
  { codec, topicPrefix }: Pick<StockLedgerDeps, 'codec' | 'topicPrefix'>,
  { claimsRevision: _, ...row }: StockRow,
  claims: StoredClaims,
): OutgoingRecord {
  const { connection, source, key } = row
  const kind = universalKind('inventory')
  const eventId = digest('claims', connection, source, key, String(claims.revision), row.eventId)
  const event = { ...row, eventId, taskId: null, claims: eventClaims(claims) }
  return { topic: topicPrefix + kind, key: recordKey(connection, source, key), value: codec.encode(kind, event) }
}

function changing(what: string): StreamError {
  return new StreamError('concurrent_change', `${what} kept changing while they were being updated; try again`)
}
