import type { Decimal8 } from '../../events/decimal.ts'
import type { FulfilmentLine } from '../../events/generated/events.ts'
import { isVirtual } from '../../rules/quantities.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { parentOf, quantitiesOf } from './order-rows.ts'
import { withoutPermission } from './product-skus.ts'
import { rowType } from './row-type.ts'

/** `shipment_type` of a bundle whose components are shipped separately. */
const APART = '1'

/**
 * Ids of the order's bundles whose components the shop ships separately; looks up only bundles named by the lines. The
 * order's rows do not contain this, so it is read from the products; a bundle whose product is gone or not readable
 * counts as shipped as a whole.
 */
export async function bundlesApart(
  client: Pick<Magento2Client, 'findProducts'>,
  order: Wire,
  lines: readonly FulfilmentLine[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const items = wiresOf(order['items'])
  const named = items.filter((item) => lines.some((line) => isOf(item, line)))
  const ids = new Set(named.flatMap((item) => [textOf(item['item_id']), parentOf(item)]))
  const bundles = items.filter((item) => textOf(item['product_type']) === 'bundle' && ids.has(textOf(item['item_id'])))
  const products = [...new Set(bundles.flatMap((bundle) => textOf(bundle['product_id']) ?? []))]
  if (products.length === 0) return new Set()
  const filters = [{ field: 'entity_id', condition: 'in', value: products }] as const
  const fields = 'items[id,custom_attributes],total_count'
  const search = { filters, sort: ['entity_id'], limit: products.length, fields }
  const found = await client.findProducts(search, signal).catch(withoutPermission)
  const apart = new Set((found?.items ?? []).filter(isApart).map((product) => textOf(product['id'])))
  const chosen = bundles.filter((bundle) => apart.has(textOf(bundle['product_id'])))
  return new Set(chosen.flatMap((bundle) => textOf(bundle['item_id']) ?? []))
}

function isApart(product: Wire): boolean {
  return wiresOf(product['custom_attributes']).some(
    ({ attribute_code: code, value }) => code === 'shipment_type' && textOf(value) === APART,
  )
}

/** Replaces the line of a separately shipped bundle by a line for each of its components. */
export function linesApart(
  order: Wire,
  lines: readonly FulfilmentLine[],
  apart: ReadonlySet<string>,
): readonly FulfilmentLine[] {
  const items = wiresOf(order['items'])
  const bundles = items.filter((item) => apart.has(textOf(item['item_id']) ?? ''))
  return lines.flatMap((line) => {
    const bundle = bundles.find((item) => isOf(item, line))
    return bundle === undefined ? [line] : partLines(bundle, items, line)
  })
}

function partLines(bundle: Wire, items: readonly Wire[], line: FulfilmentLine): FulfilmentLine[] {
  const bundles = quantitiesOf(bundle).quantityOrdered
  return items
    .filter((item) => parentOf(item) === textOf(bundle['item_id']) && !isVirtual({ productType: rowType(item) }))
    .map((part) => {
      const ordered = quantitiesOf(part).quantityOrdered as bigint
      const quantity = bundles === 0n ? line.quantity : (((line.quantity * ordered) / bundles) as Decimal8)
      return { ...line, lineId: textOf(part['item_id']), sku: skuKey(part['sku']) ?? '', quantity }
    })
}

const isOf = (item: Wire, { lineId, sku }: FulfilmentLine): boolean =>
  lineId === null ? skuKey(item['sku']) === sku : textOf(item['item_id']) === lineId
