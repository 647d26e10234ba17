import { StreamError } from '../../errors.ts'
import { decimal8 } from '../../events/decimal.ts'
import type { Product } from '../../events/generated/events.ts'
import { type ReadLevels, readLevels } from '../kit/price-levels.ts'
import { requireSku, skuOf } from '../kit/sku.ts'
import { attributesOf, isWire, priceOf, quantityOf, requireText, roundingNote, textOf, type Wire } from '../kit/wire.ts'
import { changedAt, type DecodedMessage, firstOf, listOf, type MessageContext } from './message.ts'

const BARCODE = ['upc', 'barcode', 'ean', 'gtin']
const MANUFACTURER = ['manufacturer', 'brand']
const CURRENCY = ['currency', 'currency_code']

const KNOWN = new Set([
  'sku',
  'name',
  'type_id',
  'status',
  'parent_sku',
  'price',
  'weight',
  'weight_unit',
  'pricelevels',
  ...BARCODE,
  ...MANUFACTURER,
  ...CURRENCY,
])
const ENVELOPE = new Set(['sku', 'data', 'raw_data', 'old_data', 'update_dt', 'updated_at', 'update_date', 'create_dt'])

/** Decodes a product message `{sku, data: {attribute: value}}`. Pure. A product without `status` is active. */
export function toProduct(wire: Wire, context: MessageContext): DecodedMessage<Product> {
  const sku = requireSku(wire, 'sku')
  const data = wire['data']
  if (!isWire(data)) {
    throw new StreamError('source_data_invalid', 'data is not an object of attributes', { field: 'data' })
  }
  const text = (names: readonly string[]) => firstOf(data, names)?.text ?? null
  const levels = priceLevels(data)
  const product: Product = {
    sku,
    name: textOf(data['name']),
    productType: textOf(data['type_id']) ?? 'simple',
    active: isActive(textOf(data['status'])),
    parentSku: skuOf(data, 'parent_sku', 'data.'),
    barcode: text(BARCODE),
    manufacturer: text(MANUFACTURER),
    price: priceOf(data, 'price', 'data.'),
    currency: text(CURRENCY) ?? context.currency,
    priceLevels: [...levels.levels],
    weight: priceOf(data, 'weight', 'data.'),
    weightUnit: textOf(data['weight_unit']),
    attributes: {
      ...attributesOf(wire, ENVELOPE),
      ...attributesOf(data, KNOWN),
      ...levels.attributes,
      ...roundingNote({ price: data['price'], weight: data['weight'] }),
    },
  }
  return { key: sku, occurredAt: changedAt(wire, context), data: product }
}

/** Magento's values: 1 is enabled, 2 is disabled. */
function isActive(status: string | null): boolean {
  if (status === null || /^(1|true|enabled|active)$/i.test(status)) return true
  if (/^(0|2|false|disabled|inactive)$/i.test(status)) return false
  throw new StreamError('source_data_invalid', `data.status is "${status.slice(0, 40)}": write 1 or 2`, {
    field: 'data.status',
  })
}

function priceLevels(data: Wire): ReadLevels {
  return readLevels(listOf(data, 'pricelevels'), {
    nameOf: (level) => textOf(level['name']),
    read(level) {
      const name = requireText(level, 'name', PATH)
      return listOf(level, 'pricelist').map((row) => {
        const price = priceOf(row, 'price', PATH)
        if (price === null) throw new StreamError('value_missing', `${PATH}price is missing`, { field: `${PATH}price` })
        return { level: name, quantity: quantityOf(row, 'qty', PATH) ?? decimal8('1', 'qty'), price }
      })
    },
    base: null,
  })
}

const PATH = 'data.pricelevels.'
