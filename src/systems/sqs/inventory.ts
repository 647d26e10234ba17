import { StreamError } from '../../errors.ts'
import { ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { requireSku } from '../kit/sku.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire } from '../kit/wire.ts'
import { changedAt, type DecodedMessage, listOf, type MessageContext } from './message.ts'

/** What the predecessor kept of its own additions; levels here are absolute. */
const KNOWN = new Set(['warehouse', 'qty', 'on_hand', 'past_on_hand', 'full'])

/**
 * A message of a SKU's stock, `{sku, data: [{warehouse, qty, full: true, …}]}`, all its warehouses; pure. `store`: the store
 * whose rows count, where the shop sends several: the same stock seen by two stores is not twice the stock.
 */
export function toInventory(wire: Wire, context: MessageContext, store: string | null): DecodedMessage<Inventory> {
  const sku = requireSku(wire, 'sku')
  if (!Array.isArray(wire['data'])) throw fieldError('data', 'is no list of warehouses')
  const rows = listOf(wire, 'data').filter((row) => store === null || storeOf(row) === store)
  if (new Set(rows.map(storeOf)).size > 1) {
    throw fieldError('data.store_id', 'differs: the read has to say by filter.storeId which store counts')
  }
  const locations = rows.map(toLocation).toSorted((a, b) => (a.location < b.location ? -1 : 1))
  const repeated = locations.find(({ location }, index) => locations[index - 1]?.location === location)
  if (repeated !== undefined) throw fieldError('data.warehouse', `"${repeated.location}" is there twice`)
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
    // A shop that says both is believed the lower: nothing is sold that is not there.
    available: soldOut && quantity > 0n ? ZERO8 : quantity,
    attributes: attributesOf(row, KNOWN),
  }
}

/**
 * A change of a level (`full: false`) is refused: a message may come twice, late or not in order, and added up twice it
 * would sell stock that is not there. A level is the same however often it comes.
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
      'is false, a change of the level: it can come twice or late; send the level and full: true',
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
