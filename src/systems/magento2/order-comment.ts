import type { ShopFulfilmentRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import type { Delivered } from '../kit/sink.ts'
import { undeliveredText } from '../kit/undelivered.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'

const verbs: Readonly<Record<string, string>> = { closure: 'will not deliver', confirmation: 'has confirmed' }

/**
 * Adds a comment to the order with what the vendor has confirmed or will not deliver. The comment contains the digest
 * of the content: the same content is written once, and a later change is written too, even if it restores an earlier
 * state.
 */
export async function commentOnOrder(
  client: Pick<Magento2Client, 'addComment'>,
  event: ShopFulfilmentRequested,
  order: Wire,
  signal: AbortSignal,
): Promise<Delivered> {
  const about = `[waldstream ${event.connection}/${event.key} `
  const mark = `${about}${event.contentDigest.slice(0, 12)}]`
  const { kind, lines } = event.data
  const what = undeliveredText(lines, '×')
  const verb = verbs[kind] ?? 'has canceled and will not deliver'
  const text = `The vendor ${verb}: ${what === '' ? 'what is left of it' : what}.`
  const targetId = requireText(order, 'entity_id')
  const last = commentsOf(order).findLast((comment) => comment.includes(about))
  if (last?.includes(mark) === true) return { outcome: 'unchanged', targetId }
  await say(client, order, `${text} ${mark}`, signal)
  return { outcome: 'written', targetId }
}

/** An order's comments, oldest first. */
export function commentsOf(order: Wire): readonly string[] {
  return wiresOf(order['status_histories'])
    .toSorted((a, b) => Number(textOf(a['entity_id']) ?? 0) - Number(textOf(b['entity_id']) ?? 0))
    .map(({ comment }) => textOf(comment) ?? '')
}

/** Adds a comment for the shop's staff. */
export async function say(
  client: Pick<Magento2Client, 'addComment'>,
  order: Wire,
  comment: string,
  signal: AbortSignal,
): Promise<void> {
  const orderId = requireText(order, 'entity_id')
  // A comment without a status would clear the order's status.
  const status = textOf(order['status'])
  const history = {
    comment,
    is_customer_notified: 0,
    is_visible_on_front: 0,
    parent_id: exactNumber(orderId),
    entity_name: 'order',
    ...(status === null ? {} : { status }),
  }
  await client.addComment(orderId, history, signal)
}
