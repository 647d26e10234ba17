import { contentDigest } from '../../events/identity.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'

/**
 * The event of an order that somebody canceled at the vendor: as the shop's own cancellation of it would be, with the same
 * digest, so that the one after the other changes nothing. Events of other kinds can't be canceled, and stay as they are.
 */
export function asCanceled<K extends PerSystemKind>(event: TopicEvents[K]): TopicEvents[K] {
  if (!('canceled' in event) || event.canceled) return event
  const { data } = event
  const digest = contentDigest({ deleted: true, data: { orderNumber: data.orderNumber } })
  return { ...event, canceled: true, held: false, sendAfter: null, contentDigest: digest, data: { ...data, lines: [] } }
}
