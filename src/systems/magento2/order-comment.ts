import type { ShopFulfilmentRequested } from '../../events/generated/events.ts'
import { exactNumber } from '../../platform/json.ts'
import type { Delivered } from '../kit/sink.ts'
import { undeliveredText } from '../kit/undelivered.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'

/**
 * Says on the order what the vendor will not deliver. Its mark has the content's digest: the same is said once, and what the vendor says later is said too.
 */
export async function commentOnOrder(
  client: Pick<Magento2Client, 'addComment'>,
  event: ShopFulfilmentRequested,
  order: Wire,
  signal: AbortSignal,
): Promise<Delivered> {
  const mark = `[waldstream ${event.connection}/${event.key} ${event.contentDigest.slice(0, 12)}]`
  const { kind, lines } = event.data
  const what = undeliveredText(lines, '×')
  const verb = kind === 'closure' ? 'will not deliver' : 'has canceled and will not deliver'
  const text = `The vendor ${verb}: ${what === '' ? 'what is left of it' : what}.`
  return { outcome: await sayOnce(client, order, { text, mark }, signal), targetId: requireText(order, 'entity_id') }
}

/** A comment that people of the shop see, by its mark there once. */
export async function sayOnce(
  client: Pick<Magento2Client, 'addComment'>,
  order: Wire,
  { text, mark }: { readonly text: string; readonly mark: string },
  signal: AbortSignal,
): Promise<Delivered['outcome']> {
  const said = wiresOf(order['status_histories']).some(({ comment }) => textOf(comment)?.includes(mark) === true)
  if (said) return 'unchanged'
  const orderId = requireText(order, 'entity_id')
  // A comment without a status would take the order's own away.
  const status = textOf(order['status'])
  const history = {
    comment: `${text} ${mark}`,
    is_customer_notified: 0,
    is_visible_on_front: 0,
    parent_id: exactNumber(orderId),
    entity_name: 'order',
    ...(status === null ? {} : { status }),
  }
  await client.addComment(orderId, history, signal)
  return 'written'
}
