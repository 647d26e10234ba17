import { StreamError } from '../../errors.ts'
import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { requireSku } from '../kit/sku.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import { changedAt, type DecodedMessage, listOf, type MessageContext } from './message.ts'

/** Fields that the predecessor added for relative changes; levels here are absolute. */
const KNOWN = new Set(['warehouse', 'qty', 'on_hand', 'past_on_hand', 'full'])

/**
 * Decodes a message with a SKU's stock in all its warehouses, `{sku, data: [{warehouse, qty, full: true, …}]}`. Pure.
 * `store`: only rows of this store count if the shop sends several, because two stores report the same stock.
 */
export function toInventory(wire: Wire, context: MessageContext, store: string | null): DecodedMessage<Inventory> {
  const sku = requireSku(wire, 'sku')
  if (!Array.isArray(wire['data'])) throw fieldError('data', 'is not a list of warehouses')
  const rows = listOf(wire, 'data').filter((row) => store === null || storeOf(row) === store)
  if (new Set(rows.map(storeOf)).size > 1) {
    throw fieldError('data.store_id', 'differs between rows; set filter.storeId of the read to the store that counts')
  }
  const locations = rows.map(toLocation).toSorted((a, b) => (a.location < b.location ? -1 : 1))
  const repeated = locations.find(({ location }, index) => locations[index - 1]?.location === location)
  if (repeated !== undefined) throw fieldError('data.warehouse', `"${repeated.location}" occurs twice`)
  return { key: sku, occurredAt: changedAt(wire, context), data: { sku, locations, attributes: {} } }
}

function storeOf(row: Wire): string {
  return textOf(row['store_id']) ?? '0'
}

function toLocation(row: Wire): LocationStock {
  const path = 'data.'
  requireAbsolute(row)
  const quantity = quantityOf(row, 'qty', path)
  if (quantity === null) throw new StreamError('value_missing', 'data.qty is missing', { field: 'data.qty' })
  const soldOut = isFalse(textOf(row['in_stock']))
  return {
    location: requireText(row, 'warehouse', path),
    onHand: quantityOf(row, 'on_hand', path) ?? quantity,
    // If the shop reports "not in stock" and a quantity, nothing is available: never sell what is not there.
    available: soldOut && quantity > 0n ? ZERO8 : quantity,
    attributes: attributesOf(row, KNOWN),
  }
}

/**
 * Rejects a change of a level (`full: false`): a message may arrive twice, late or out of order, and a change added
 * twice would sell stock that is not there. An absolute level can be applied repeatedly.
 */
function requireAbsolute(row: Wire): void {
  const full = textOf(row['full'])
  if (full === null) {
    const message = 'data.full is missing: send true, with the level itself in qty'
    throw new StreamError('value_missing', message, { field: 'data.full' })
  }
  if (isFalse(full)) {
    throw fieldError(
      'data.full',
      'is false, which means a change of the level that may arrive twice or late; send the level and full: true',
    )
  }
  if (!/^(true|1|yes)$/i.test(full)) throw fieldError('data.full', 'is neither true nor false')
}

function isFalse(text: string | null): boolean {
  return text !== null && /^(false|0|no)$/i.test(text)
}

function fieldError(field: string, problem: string): StreamError {
  return new StreamError('source_data_invalid', `${field} ${problem}`, { field })
}
