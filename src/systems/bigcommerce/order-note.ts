import type { Connection } from '../../configuration/model.ts'
import { text8 } from '../../events/decimal.ts'
import type { FulfilmentLine, ShopFulfilmentRequested } from '../../events/generated/events.ts'
import type { Delivered } from '../kit/sink.ts'
import { skuKey } from '../kit/sku.ts'
import { undeliveredText } from '../kit/undelivered.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import { type OrderPlace, openPieces } from './fulfilled-lines.ts'
import { fulfilmentMarker } from './marker.ts'
import { wholeList } from './whole-list.ts'

/** Status ids to set when nothing of an order is open any more; null: left to people. */
export interface StatusSettings {
  readonly closureStatus: number | null
  readonly cancellationStatus: number | null
}

/**
 * Writes a confirmation, closure or cancellation as a line of the order's staff notes, once by its marker. The status
 * changes if the settings have one and nothing else of the order is open, because it applies to the whole order
 * including other vendors' lines.
 */
export async function noteFulfilment(
  client: BigCommerceClient,
  event: ShopFulfilmentRequested,
  connection: Connection,
  { orderId }: OrderPlace,
  settings: StatusSettings,
  signal: AbortSignal,
): Promise<Delivered> {
  const path = `/v2/orders/${orderId}`
  const order = await client.record(path, [], signal)
  const products = await wholeList(client, `${path}/products`, signal)
  const marker = fulfilmentMarker(connection.id, event.key)
  const note = `${noteText(event, connection)} ${marker}`
  const lines = (textOf(order['staff_notes']) ?? '').split('\n').filter((line) => line !== '')
  const wanted = statusFor(event.data.kind, settings)
  const status = wanted !== null && coversTheRest(event.data.lines, products) ? wanted : null
  const hasStatus = status === null || textOf(order['status_id']) === String(status)
  const targetId = requireText(order, 'id')
  // Note and status are one write: if the status differs now, people changed it afterwards.
  if (lines.includes(note)) return { outcome: 'unchanged', targetId }
  const staff_notes = [...lines.filter((line) => !line.includes(marker)), note].join('\n')
  const body = { staff_notes, ...(hasStatus || status === null ? {} : { status_id: status }) }
  await client.write({ method: 'PUT', path, body }, signal)
  return { outcome: 'written', targetId }
}

/** A confirmation does not change the order's status. */
function statusFor(kind: string, { closureStatus, cancellationStatus }: StatusSettings): number | null {
  if (kind === 'confirmation') return null
  return kind === 'closure' ? closureStatus : cancellationStatus
}

function noteText({ data }: ShopFulfilmentRequested, { vendor }: Connection): string {
  const isCanceled = data.kind === 'cancellation'
  const pieces = undeliveredText(data.lines, 'x')
  const what = pieces === '' ? 'what is left of the order' : pieces
  if (data.kind === 'confirmation') return `${vendor} confirmed: ${what}`
  return isCanceled ? `${vendor} canceled the order; will not come: ${what}` : `${vendor} will not deliver: ${what}`
}

/** Whether the undelivered lines cover everything that is open. */
function coversTheRest(lines: readonly FulfilmentLine[], products: readonly Wire[]): boolean {
  const left = new Map<string, number>()
  for (const { sku, quantity } of lines) left.set(sku, (left.get(sku) ?? 0) + Number(text8(quantity)))
  return products
    .filter((product) => textOf(product['parent_order_product_id']) === null)
    .every((product) => {
      const sku = skuKey(product['sku']) ?? ''
      const open = openPieces(product)
      const covered = Math.min(open, left.get(sku) ?? 0)
      left.set(sku, (left.get(sku) ?? 0) - covered)
      return open - covered <= 0
    })
}
