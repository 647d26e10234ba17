import type { ApiDeps } from '../api/dependencies.ts'
import { StreamError } from '../errors.ts'
import { contentDigest, sourceEventId } from '../events/identity.ts'
import { type PublishDeps, publishPage } from '../producers/publish.ts'

/** Publishes a pushed order as one that was read: what was published before is not published again (Guarantee 3). */
export function orderPusher(deps: PublishDeps): ApiDeps['pushOrder'] {
  return async ({ source, order, occurredAt, readAt }) => {
    const key = order.orderNumber
    const origin = { source, entity: 'orders', read: `${source}.orders.push`, taskId: null } as const
    const at = occurredAt ?? readAt
    const page = {
      entities: [{ key, occurredAt: at, deleted: false, data: order, raw: null }],
      unreadable: [],
      rows: [],
      reached: { changedAt: '', id: '' },
      requestedAt: readAt,
    }
    const { published, unchanged, unreadable } = await publishPage(deps, origin, page)
    if (unreadable > 0) {
      throw new StreamError('request_invalid', `order ${key} fits into no event; its dead letter tells why`)
    }
    const content = contentDigest({ deleted: false, data: order })
    const event_id = sourceEventId({ source, entity: 'orders', key, occurredAt: at, contentDigest: content })
    return { source, key, event_id, published: published > 0 || unchanged === 0 }
  }
}
