import type { Random } from '../../simulators/harness/random.ts'
import { type ShopOrder, type Simulators, VENDOR } from '../worlds/processes-simulators.ts'
import { orderEntity, stockEntity } from './ledger.ts'

export interface Amount {
  readonly orders: number
  readonly stocks: number
}

/** Changes made at once in the ERP. */
const AT_ONCE = 8
/** Of the orders made, how many are changed again a moment later. */
const CHANGED_AGAIN = 0.1

/** Makes orders and stock changes, and remembers during which scenario an entity was changed last. */
export class Load {
  readonly #simulators: Simulators
  readonly #random: Random
  #places: readonly { readonly sku: string; readonly location: string }[] = []
  /** Entity → scenario of its last change. */
  readonly scenarioOf = new Map<string, string>()
  /** Scenario → changes made in it. */
  readonly events = new Map<string, number>()
  /** Orders of the vendor that were made last. */
  recent: readonly ShopOrder[] = []

  constructor(simulators: Simulators, random: Random) {
    this.#simulators = simulators
    this.#random = random
  }

  async prepare(): Promise<void> {
    const { items } = await this.#simulators.erp()
    this.#places = items.flatMap(({ itemId, locations }) =>
      locations.items.map((place) => ({ sku: itemId, location: place.location_display })),
    )
  }

  async make(scenario: string, { orders, stocks }: Amount): Promise<void> {
    await Promise.all([this.#makeOrders(scenario, orders), this.changeStocks(scenario, stocks)])
  }

  async #makeOrders(scenario: string, orders: number): Promise<void> {
    const made = await this.#simulators.makeOrders(orders)
    this.recent = made.filter((order) => changeable(order) !== undefined)
    for (const order of made) this.#note(scenario, orderEntity(order))
    const again = this.#random.sample(this.recent, Math.ceil(orders * CHANGED_AGAIN))
    await this.changeOrders(scenario, again)
  }

  /** Gives each of these orders another quantity of one of its lines. */
  async changeOrders(scenario: string, orders: readonly ShopOrder[]): Promise<void> {
    for (const order of orders) {
      const line = changeable(order)
      if (line === undefined) continue
      await this.#simulators.changeOrder(order, new Map([[line.item_id, line.qty_ordered + this.#random.int(1, 900)]]))
      this.#note(scenario, orderEntity(order))
    }
  }

  async changeStocks(scenario: string, count: number): Promise<void> {
    let left = count
    const worker = async () => {
      while (left > 0) {
        left -= 1
        const { sku, location } = this.#random.pick(this.#places)
        const available = this.#random.int(0, 100_000)
        await this.#simulators.changeStock(sku, location, available)
        this.#note(scenario, stockEntity(sku, location))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  }

  #note(scenario: string, entity: string): void {
    this.scenarioOf.set(entity, scenario)
    this.events.set(scenario, (this.events.get(scenario) ?? 0) + 1)
  }
}

/** A line whose quantity may change: the vendor's, and no part of a configurable product. */
function changeable({ items }: ShopOrder) {
  const parents = new Set(items.map((line) => line.parent_item_id))
  return items.find((line) => line.parent_item_id === undefined && !parents.has(line.item_id) && VENDOR.test(line.sku))
}
