import { toStreamError } from '../../errors.ts'
import { forEachBounded } from '../../platform/bounded.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import type { B2bPart, OrderParts } from './order.ts'
import { wholeList } from './whole-list.ts'

/** Orders whose parts are requested at once; the governor decides how many calls run in parallel. */
const AT_ONCE = 4

/** An order with its parts, or the error that prevented reading them. */
export type FoundOrder = { readonly row: Wire } & ({ readonly parts: OrderParts } | { readonly error: unknown })

/**
 * Returns orders in the sequence of the rows. Throws temporary errors and errors of the system; an error of a single
 * order is returned with it.
 */
export type FindParts = (rows: readonly Wire[], signal: AbortSignal) => Promise<readonly FoundOrder[]>

/** Products and addresses are linked, which takes one call each. Companies are requested once per read. */
export function createFindParts(client: BigCommerceClient): FindParts {
  const companies = new Map<string, Promise<Wire | null>>()
  const b2bOf = async (order: Wire, signal: AbortSignal): Promise<B2bPart | null> => {
    const customer = textOf(order['customer_id']) ?? '0'
    // Guests have no company.
    if (client.b2b === null || customer === '0') return null
    const found = await client.b2b.order(requireText(order, 'id'), signal)
    const companyId = found === null ? null : companyOf(found)
    if (found === null || companyId === null) return null
    const known = companies.get(companyId) ?? client.b2b.company(companyId, signal)
    companies.set(companyId, known)
    known.catch(() => companies.delete(companyId))
    return { order: found, company: await known }
  }
  const partsOf = async (order: Wire, signal: AbortSignal): Promise<OrderParts> => {
    const path = `/v2/orders/${requireText(order, 'id')}`
    const discounted = /[1-9]/.test(textOf(order['coupon_discount']) ?? '')
    const [products, addresses, coupons, b2b] = await Promise.all([
      wholeList(client, `${path}/products`, signal),
      wholeList(client, `${path}/shipping_addresses`, signal),
      discounted ? wholeList(client, `${path}/coupons`, signal) : [],
      b2bOf(order, signal),
    ])
    return { order, products, addresses, coupons, b2b }
  }
  const find = async (row: Wire, signal: AbortSignal): Promise<FoundOrder> => {
    try {
      return { row, parts: await partsOf(row, signal) }
    } catch (error) {
      if (!isOfOrder(error)) throw error
      return { row, error }
    }
  }
  return async (rows, signal) => {
    const found: FoundOrder[] = []
    await forEachBounded([...rows.entries()], AT_ONCE, async ([index, row]) => {
      found[index] = await find(row, signal)
    })
    return found
  }
}

/** Whether an error concerns this order only (Guarantee 5). */
export function isOfOrder(error: unknown): boolean {
  return ['dead-letter', 'refuse'].includes(toStreamError(error).policy)
}

/** The company id of a B2B Edition order; null for the shop's other customers. */
export function companyOf(b2bOrder: Wire): string | null {
  const id = textOf(b2bOrder['companyId'])
  return id === '0' ? null : id
}
