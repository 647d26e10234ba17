import type { ActOnEvent } from '../control/dead-letters/letter.ts'
import type { KindEvent } from '../events/topics.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { keepOrderDeeds } from '../projections/order-steps.ts'
import type { OrderPlace } from './order-parts.ts'

const DEEDS = { retried: 'retry', discarded: 'discard' } as const

/**
 * Records retries and discards in the timeline of the dead letter's order; ignores dead letters that are not of an
 * order.
 */
export function letterActNotes(tables: Tables): (done: ActOnEvent) => Promise<void> {
  return async ({ act, decoded, topic, connections }) => {
    const order = orderOf(decoded, topic)
    if (order === null) return
    const { kind, by, reason, at } = act
    await keepOrderDeeds(
      tables,
      connections.map((connection) => ({ ...order, connection, deed: DEEDS[kind], by, reason, at })),
    )
  }
}

/** Fulfilments for a shop name the shop's order; fulfilments read from an ERP do so only after routing. */
function orderOf(decoded: KindEvent, topic: string): OrderPlace | null {
  if (decoded.kind === 'orders' || decoded.kind === 'vendor-orders') {
    const { source, key: number } = decoded.event
    return { source, number }
  }
  if (decoded.kind !== 'shop-fulfilments') return null
  const source = topic.slice(`${decoded.kind}.`.length)
  return { source, number: decoded.event.data.orderNumber }
}
