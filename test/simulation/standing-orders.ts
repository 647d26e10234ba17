import { orderDeliveryKey } from '../../src/operations/order-parts.ts'
import { rowsOf } from '../../src/platform/dynamodb/rows.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { deliveryRows } from '../../src/processors/delivery/deliveries.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'

/** What of the world is looked at. */
interface WatchedWorld {
  readonly tables: Tables
  readonly now: number
  broken(guarantee: number, what: string): void
}

/** What operators were promised of orders, by their references at the vendor. */
export class StandingOrders {
  readonly #world: WatchedWorld
  /** Until when nothing of it is sent. */
  readonly #held = new Map<string, number>()
  readonly #canceled = new Map<string, boolean>()
  readonly #everCanceled = new Set<string>()

  constructor(world: WatchedWorld) {
    this.#world = world
  }

  /** 0: it is released, or what is under way can't be stopped. */
  hold(id: string, until: number): void {
    this.#held.set(id, until)
  }

  cancel(id: string, isCanceled: boolean): void {
    this.#canceled.set(id, isCanceled)
    if (isCanceled) this.#everCanceled.add(id)
  }

  /** An answer was lost, and then something was refused: either may be so. */
  forget(id: string): void {
    this.#held.delete(id)
    this.#canceled.delete(id)
    this.#everCanceled.add(id)
  }

  /** Somebody has canceled it at the vendor, or may have, once or for good. */
  mayHaveBeenCanceled(id: string): boolean {
    return this.#everCanceled.has(id)
  }

  /** Whether the vendor is to have it as canceled in the end, whatever the shop has. */
  async isCanceled(connection: string, number: string): Promise<boolean> {
    const key = orderDeliveryKey({ number })
    const row = await rowsOf(this.#world.tables, deliveryRows).get({ connection, key })
    const isCanceled = (row?.cancellation ?? null) !== null
    const id = orderReference(connection, number)
    const told = this.#canceled.get(id)
    if (told !== undefined && told !== isCanceled) {
      this.#world.broken(
        2,
        `the last that was decided of ${id} by hand is ${told ? 'canceled' : 'sent again'}, and is lost`,
      )
    }
    return isCanceled
  }

  /** The vendor's account, which finds what is sent although it is held. */
  watch(client: NetSuiteClient): NetSuiteClient {
    return {
      ...client,
      for() {
        return this
      },
      upsertByExternalId: (type, id, body, options) => {
        if ((this.#held.get(id) ?? 0) > this.#world.now) this.#world.broken(4, `order ${id} is held, and is sent`)
        return client.upsertByExternalId(type, id, body, options)
      },
    }
  }
}
