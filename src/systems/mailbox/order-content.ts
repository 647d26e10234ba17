import { canonicalJson } from '../../events/canonical-json.ts'
import { text8 } from '../../events/decimal.ts'
import type { Address, OrderLine, VendorOrderRequested } from '../../events/generated/events.ts'
import { digest } from '../../events/identity.ts'
import { componentsOf, groupLines } from '../../rules/components.ts'
import { LINE_FIELDS } from '../../rules/map-order.ts'
import { componentQuantities, vendorQuantity } from '../../rules/quantities.ts'
import { personName } from '../kit/address-name.ts'
import { lineText } from '../kit/fit-text.ts'
import { mappedValue } from '../kit/order-fields.ts'
import type { MailedLine, Standing } from '../kit/post-office.ts'
import { textOf } from '../kit/wire.ts'

/** What a vendor has to know of an order; it has no prices. All texts are on one line. */
export interface OrderContent {
  readonly number: string
  readonly placedAt: number
  /** The order that it replaces; null: none. */
  readonly replaces: string | null
  readonly standing: Standing
  readonly lines: readonly ContentLine[]
  /** Lines of the address as on a label; empty: there is none. */
  readonly shipTo: readonly string[]
  readonly phone: string | null
  readonly shippingMethod: string | null
  readonly purchaseOrder: string | null
  /** Fields of the connection's order map. */
  readonly fields: readonly Field[]
}

interface Field {
  readonly name: string
  readonly value: string
}

export interface ContentLine extends MailedLine {
  readonly name: string
  /** Components of a bundle. */
  readonly parts: readonly (Omit<MailedLine, 'line'> & { readonly name: string })[]
  readonly fields: readonly Field[]
}

/** Pure: the same order gives the same content. A canceled order has no lines. */
export function orderContent(event: VendorOrderRequested): OrderContent {
  const { data, canceled, held } = event
  const { shippingAddress: address, shippingMethod, purchaseOrderNumber } = data
  return {
    number: lineText(data.orderNumber) ?? '',
    placedAt: data.placedAt,
    replaces: lineText(data.amends),
    standing: canceled ? 'canceled' : held ? 'held' : 'open',
    lines: canceled ? [] : linesOf(event),
    shipTo: address === null ? [] : labelOf(address),
    phone: lineText(address?.phone ?? null),
    shippingMethod: lineText(shippingMethod),
    purchaseOrder: lineText(purchaseOrderNumber),
    fields: fieldsOf(event),
  }
}

/** Digest of everything that an e-mail says about the order: an equal one has nothing new. */
export function digestOf({ standing, ...content }: OrderContent): string {
  // A canceled order has been told as such, whatever else changes.
  return digest('order mail', standing, standing === 'canceled' ? '' : canonicalJson(content))
}

/** Digest of where the order goes. */
export function addressDigest({ number, shipTo, phone, shippingMethod }: OrderContent): string {
  return digest('ship to', number, canonicalJson([shipTo, phone, shippingMethod]))
}

function linesOf(event: VendorOrderRequested): readonly ContentLine[] {
  return groupLines(event.data.lines).flatMap((group) => {
    const { root } = group
    const quantity = vendorQuantity(root)
    if (quantity <= 0n) return []
    const parts = componentsOf(group).map((part) => ({
      sku: skuText(part),
      name: nameText(part),
      quantity: text8(vendorQuantity(componentQuantities(root, part))),
    }))
    const fields = group.lines.flatMap(({ lineId }) => fieldsOf(event, lineId))
    const own = { line: root.lineId, sku: skuText(root), name: nameText(root), quantity: text8(quantity) }
    return [{ ...own, parts: parts.filter((part) => part.quantity !== '0'), fields }]
  })
}

const skuText = ({ sku }: OrderLine): string => lineText(sku) ?? ''
const nameText = ({ name, sku }: OrderLine): string => lineText(name) ?? lineText(sku) ?? ''

function labelOf(address: Address): readonly string[] {
  const { company, street, city, region, regionCode, postalCode, countryCode } = address
  const place = [city, regionCode ?? region, postalCode].map(lineText).filter((part) => part !== null)
  const parts = [personName(address), lineText(company), ...street.map(lineText), place.join(', '), countryCode]
  return parts.filter((part) => part !== null && part !== '') as string[]
}

/** Fields that rules set, of the order or of a line. */
function fieldsOf({ fields, data }: VendorOrderRequested, lineId?: string): readonly Field[] {
  const ids = data.lines.map((one) => one.lineId).toSorted((a, b) => b.length - a.length)
  const lineOf = (name: string) =>
    name.startsWith(LINE_FIELDS) ? ids.find((id) => name.startsWith(`${LINE_FIELDS}${id}.`)) : undefined
  return Object.keys(fields)
    .filter((name) => lineOf(name) === lineId)
    .flatMap((whole) => {
      const name = lineId === undefined ? whole : whole.slice(LINE_FIELDS.length + lineId.length + 1)
      const value = lineText(textOf(mappedValue(fields, name, lineId)))
      return value === null ? [] : [{ name: lineText(name) ?? '', value }]
    })
}
