import { text8 } from '../../events/decimal.ts'
import type { VendorOrderRequested } from '../../events/generated/events.ts'
import { vendorQuantity } from '../../rules/quantities.ts'
import { topLevelLines } from '../../rules/split-order.ts'
import { goesToPerson } from '../kit/amendment.ts'
import { originalOpenError, replacedBegunError } from '../kit/begun-order.ts'
import { skuKey } from '../kit/sku.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import { addressLimits } from './field-limits.ts'
import type { OrderSettings } from './order-settings.ts'
import { CANCELED_MARK, isRefused } from './settings.ts'
import { begunOf, isBegun } from './taken-back.ts'

/**
 * The open order that the shop replaced by this one: it is changed into the new one, with its reference, whichever of
 * the two events comes first. Undefined: there is none, it is another person's (two stores may number their orders
 * alike), or a part of it was delivered and the rest closed: the new order is then written as a separate order. Throws
 * `original_open` while the rest is open, and `target_conflict` if the shop did not know what was delivered, if the new
 * order has more of that than the rest that the vendor closed, or if nobody may close the rest: the new order is not
 * delivered in addition.
 */
export function amendedOrder(
  orders: readonly Wire[],
  event: VendorOrderRequested,
  settings: Pick<OrderSettings, 'marks' | 'cancelDelivered'>,
): Wire | undefined {
  const order = orders.find((one) => one['Cancelled'] !== 'tYES' && isOfSamePerson(one, event))
  if (order === undefined) return undefined
  const isOpen = order['DocumentStatus'] === 'bost_Open'
  if (!isBegun(order)) return isOpen ? order : undefined
  const { marks, cancelDelivered } = settings
  if (isOpen && cancelDelivered !== 'conflict')
    throw originalOpenError(event, begunOf(order, marks), 'the rest is closed')
  const mark = textOf(order[marks.digest])
  // If Waldstream closed the rest, the shop took it back and knew what was delivered, unless that was refused. If a
  // person closed it, this is not known.
  const isKnown = mark?.startsWith(CANCELED_MARK) === true && !isRefused(mark)
  if (isOpen || isRefused(mark) || (!isKnown && wantsDelivered(order, event)))
    throw replacedBegunError(event, begunOf(order, marks))
  return undefined
}

/** Whether the new order has more pieces of a delivered item than the old order left undelivered. */
function wantsDelivered(order: Wire, { data }: VendorOrderRequested): boolean {
  const lines = wiresOf(order['DocumentLines'])
  const piecesOf = (sku: string, field: string) =>
    lines.reduce((sum, line) => sum + (skuKey(line['ItemCode']) === sku ? Number(textOf(line[field]) ?? 0) : 0), 0)
  return Map.groupBy(topLevelLines(data), ({ sku }) => sku)
    .entries()
    .some(([sku, own]) => {
      const [ordered, left] = [piecesOf(sku, 'Quantity'), piecesOf(sku, 'RemainingOpenQuantity')]
      const wanted = own.reduce((pieces, line) => pieces + Number(text8(vendorQuantity(line))), 0)
      return ordered > left && wanted > left
    })
}

function isOfSamePerson(order: Wire, { data }: VendorOrderRequested): boolean {
  const name = textOf(wireOf(order['AddressExtension'])['ShipToAddress2'])
  return goesToPerson(data, name, addressLimits['Address2'])
}
