import { MagentoError } from '../../simulators/magento2/magento-error.ts'
import {
  cancelOrder,
  holdOrder,
  invoiceOrder,
  type Pieces,
  piecesToShip,
  refundMoney,
  refundOrder,
  releaseOrder,
  replaceOrder,
  shipPieces,
} from '../../simulators/magento2/order-life.ts'
import type { Order as MagentoOrder, OrderItem } from '../../simulators/magento2/wire-types.ts'
import type { Order } from '../../src/events/generated/events.ts'
import { toOrder } from '../../src/systems/magento2/order.ts'
import { magentoWire, placedOrder } from '../worlds/magento-orders.ts'
import type { Deed, Life } from './plan-lives.ts'
import type { SeededRandom } from './seeded-random.ts'

/** Of a vendor's people, not of the shop's. */
type ShopDeed = Exclude<Deed, 'vendors ship' | 'vendors ship all'>

const SHIPPING = 7
/** States in which the shop takes no shipment. */
const UNSHIPPABLE = ['holded', 'payment_review', 'canceled', 'closed']

/** The shop's orders, by Magento's own rules: what they forbid does not happen. */
export class SimShop {
  /** By number. */
  readonly #orders = new Map<string, MagentoOrder>()
  /** The number that the order of an id has now. */
  readonly #newest = new Map<number, string>()
  readonly #lives = new Map<string, number>()
  readonly #random: SeededRandom
  #lastId = 500

  constructor(random: SeededRandom) {
    this.#random = random
  }

  place({ id, rows }: Life, now: string): readonly Order[] {
    return this.#keep(id, [placedOrder({ rows, shipping: SHIPPING }, id, now)])
  }

  /** What is done with the newest order of a life; the orders as they are then, none where the shop refuses it. */
  act({ id, rows }: Life, deed: ShopDeed, now: string): readonly Order[] {
    const order = this.#orders.get(this.numberOf(id))
    if (order === undefined) return []
    try {
      return this.#keep(id, deed === 'edit' ? this.#edit(order, rows, now) : [this.#changed(order, deed, now)])
    } catch (error) {
      if (error instanceof MagentoError) return []
      throw error
    }
  }

  /** Books what a vendor has shipped, as far as it is open: pieces by line id. */
  ship(number: string, pieces: ReadonlyMap<string, number>, now: string): readonly Order[] {
    const order = this.#orders.get(number)
    if (order === undefined || UNSHIPPABLE.includes(order.state ?? '')) return []
    const open = order.items.map((item): [number, number] => {
      return [item.item_id, Math.min(piecesToShip(item), pieces.get(String(item.item_id)) ?? 0)]
    })
    return this.#keep(null, [shipPieces(order, new Map(open.filter(([, count]) => count > 0)), now)])
  }

  numberOf(id: number): string {
    return this.#newest.get(id) ?? ''
  }

  /** Whether an order is one of a life, or was. */
  isOf(id: number, number: string): boolean {
    return this.#lives.get(number) === id
  }

  #keep(id: number | null, orders: readonly MagentoOrder[]): readonly Order[] {
    for (const order of orders) {
      this.#orders.set(order.increment_id, order)
      if (id === null) continue
      this.#newest.set(id, order.increment_id)
      this.#lives.set(order.increment_id, id)
    }
    return orders.map((order) => toOrder(magentoWire(order)))
  }

  #changed(order: MagentoOrder, deed: Exclude<ShopDeed, 'edit'>, now: string): MagentoOrder {
    const inState = (state: string): MagentoOrder => ({ ...order, state, status: state, updated_at: now })
    switch (deed) {
      case 'authorize':
        return order.state === 'new' ? inState('processing') : order
      case 'pay':
        return invoiceOrder(order, null, now)
      case 'pay a part':
        return invoiceOrder(
          order,
          this.#some(order, ({ qty_ordered: ordered }) => ordered),
          now,
        )
      case 'cancel':
        return cancelOrder(order, now)
      case 'refund':
        return refundOrder(order, this.#some(order, refundable), now)
      case 'refund all':
        return refundOrder(order, null, now)
      case 'pay back':
        return refundMoney(order, 1, now)
      case 'ship own':
        return this.#shipOwn(order, now)
      case 'hold':
        return holdOrder(order, now)
      case 'release':
        return releaseOrder(order, now)
      case 'review':
        return order.state === 'processing' ? inState('payment_review') : order
      case 'accept':
        return order.state === 'payment_review' ? inState('processing') : order
      case 'rename':
        return { ...order, status: 'in_the_warehouse', updated_at: now }
    }
  }

  #shipOwn(order: MagentoOrder, now: string): MagentoOrder {
    if (UNSHIPPABLE.includes(order.state ?? '')) throw new MagentoError(400, `The order is ${order.state}.`)
    const own = order.items.filter(({ sku }) => sku.startsWith('OWN'))
    return shipPieces(order, new Map(own.map((item) => [item.item_id, piecesToShip(item)])), now)
  }

  /** The new order has other quantities, and is authorized as the old one was. Magento edits none that has an invoice. */
  #edit(order: MagentoOrder, rows: Life['rows'], now: string): readonly MagentoOrder[] {
    if (order.items.some((item) => Number(item['qty_invoiced'] ?? 0) > 0)) return []
    this.#lastId += 1
    const others = rows.map((row) => ({ ...row, qty: this.#random.int(1, 5) }))
    const next = placedOrder({ rows: others, shipping: SHIPPING }, this.#lastId, now)
    const { old, next: newer } = replaceOrder(order, next, now)
    return [old, order.state === 'new' ? newer : { ...newer, state: 'processing', status: 'processing' }]
  }

  #some(order: MagentoOrder, left: (item: OrderItem) => number): Pieces {
    const rows = order.items.filter((item) => left(item) > 0)
    const drawn = rows.map((item): [number, number] => [item.item_id, this.#random.int(0, left(item))])
    const taken = drawn.filter(([, count]) => count > 0)
    const [first] = rows
    if (taken.length === 0 && first !== undefined) return new Map([[first.item_id, 1]])
    if (taken.length === 0) throw new MagentoError(400, 'There is nothing of it left.')
    return new Map(taken)
  }
}

function refundable(item: OrderItem): number {
  return Number(item['qty_invoiced'] ?? 0) - Number(item.qty_refunded ?? 0)
}
