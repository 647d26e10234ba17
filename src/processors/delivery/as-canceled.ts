import { contentDigest } from '../../events/identity.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'

/**
 * The event of an order that somebody canceled at the vendor. It equals the shop's own cancellation, with the same
 * digest, so when one follows the other nothing changes. Events of other kinds can't be canceled and are returned
 * unchanged.
 */
export function asCanceled<K extends PerSystemKind>(event: TopicEvents[K]): TopicEvents[K] {
  if (!('canceled' in event) || event.canceled) return event
  const { data } = event
  const digest = contentDigest({ deleted: true, data: { orderNumber: data.orderNumber } })
  return { ...event, canceled: true, held: false, sendAfter: null, contentDigest: digest, data: { ...data, lines: [] } }
}
