import { isForgotten } from '../../events/forgotten.ts'
import type { EntityResult } from '../../events/generated/events.ts'
import { isPossibleTime } from '../../events/times.ts'
import { recordKey, topicOf } from '../../events/topics.ts'
import { versionRank } from '../../events/version.ts'
import type { Decoded, Stage } from '../../platform/runtime/stage.ts'
import { claimedQuantities, routeClaims, settleClaims } from '../../rules/order-claims.ts'
import type { DeliveryEnd } from '../../rules/order-history.ts'
import { LONGEST_OPEN_MS } from '../../rules/sku-claims.ts'
import { sinkName } from '../delivery/sink-name.ts'
import type { OrderState } from './claim-rows.ts'
import { type ClaimChange, createStockLedger, type StockLedgerDeps } from './stock-ledger.ts'

/** Reserves the stock of orders as soon as they are routed to a vendor, whose system does not have them yet. */
export function reserveStockStage(system: string, deps: StockLedgerDeps): Stage<'vendor-orders'> {
  const ledger = createStockLedger(system, deps)
  return {
    name: `reserve-stock-${system}`,
    kind: 'vendor-orders',
    topics: [topicOf('vendor-orders', system)],
    needsPersons: false,
    async handle(batch, { assertOwned }) {
      const oldest = deps.clock.now() - LONGEST_OPEN_MS
      const recent = batch.filter(({ record, event }) => record.timestamp > oldest && !isForgotten(event.data))
      await ledger.apply(recent.map(routed), assertOwned)
    },
    async onTick({ partition, assertOwned }) {
      if (partition === 0) await ledger.handleDue(assertOwned)
    },
  }
}

/**
 * Follows the deliveries of a vendor's orders: acknowledged pieces stay reserved until stock is read that includes
 * them; those of orders that the vendor does not get are sold again.
 */
export function settleStockStage(system: string, deps: StockLedgerDeps): Stage<'sync-status'> {
  const ledger = createStockLedger(system, deps)
  const sink = sinkName('vendor-orders', system)
  return {
    name: `settle-stock-${system}`,
    kind: 'sync-status',
    topics: [topicOf('sync-status')],
    needsPersons: false,
    async handle(batch, { assertOwned }) {
      const oldest = deps.clock.now() - LONGEST_OPEN_MS
      const own = batch.filter(({ record, event }) => event.stage === sink && record.timestamp > oldest)
      const changes = own.flatMap(({ record, event }) => {
        const at = isPossibleTime(event.at) ? event.at : record.timestamp
        return event.results.flatMap((result) => settled(result, at) ?? [])
      })
      await ledger.apply(changes, assertOwned)
    },
  }
}

function routed({ record, event }: Decoded<'vendor-orders'>): ClaimChange {
  const { connection, key, data, canceled, held, occurredAt, readAt } = event
  // Without the mapping's revision, which reports of deliveries do not have.
  const rank = versionRank({ occurredAt, readAt })
  const quantities = canceled ? new Map() : claimedQuantities(data)
  return {
    order: recordKey(connection, key),
    change: (before) => withTime(before, routeClaims(before, { rank, quantities, held }), record.timestamp),
  }
}

/** Bytes of an order's key; no delivery has a longer one, and a table accepts none. */
const LONGEST_KEY = 900

const CANCELED_BY_HAND = 'canceled_by_hand'

/** Null: the delivery has not ended, or a newer version takes its place. */
function settled(result: EntityResult, at: number): ClaimChange | null {
  const { entity, connection, key, occurredAt, readAt } = result
  const end = endOf(result)
  if (entity !== 'orders' || connection === null || end === null || !isPossibleTime(readAt)) return null
  if (Buffer.byteLength(key) > LONGEST_KEY) return null
  const rank = versionRank({ occurredAt, readAt })
  return {
    order: recordKey(connection, key),
    change: (before) => withTime(before, settleClaims(before, { rank, end, at }), at),
  }
}

function endOf({ status, code }: EntityResult): DeliveryEnd | null {
  if (status === 'succeeded') return code === CANCELED_BY_HAND ? 'canceled' : 'told'
  return status === 'failed' || status === 'ignored' ? 'failed' : null
}

function withTime(before: OrderState | undefined, after: Omit<OrderState, 'since'>, at: number): OrderState {
  if (before !== undefined && (after as OrderState) === before) return before
  return { ...after, since: before !== undefined && before.rank === after.rank ? before.since : at }
}
