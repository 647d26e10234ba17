import { StreamError } from '../../src/errors.ts'
import type { Order } from '../../src/events/generated/events.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { textOf, wireOf } from '../../src/systems/kit/wire.ts'
import { LINE_FIELD } from '../../src/systems/netsuite/custom-fields.ts'
import type { MemoryRecord } from '../memory/netsuite.ts'
import { orderConnections } from './configuration.ts'
import { timeOf } from './driver.ts'
import type { Life } from './plan-lives.ts'
import { START } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import { fulfilledOf } from './shipped.ts'
import type { World } from './world.ts'

/** How long the shop may not hear of a shipment. */
const UNHEARD_MS = 8_000

/** Has the people of the shop and of its vendors do to orders what the plan says. */
export class Lives {
  readonly #world: World
  readonly #random: SeededRandom
  /** Orders that are not to be seen yet, by number. */
  readonly #hidden = new Map<string, Order>()

  constructor(world: World) {
    this.#world = world
    this.#random = new SeededRandom(world.plan.seed, 12)
  }

  begin(): void {
    const { scheduler, plan, shop } = this.#world
    for (const life of plan.lives) {
      scheduler.after(life.placedAt, () => this.#changed(life, shop.place(life, this.#time())))
      scheduler.after(life.seenFrom, () => this.#show(life))
      for (const { at, deed, behind } of life.deeds) {
        scheduler.after(at, () => {
          scheduler.trace.note(this.#world.now, 'people', `${deed} ${shop.numberOf(life.id)}`)
          if (deed === 'vendors ship' || deed === 'vendors ship all') this.#ship(life, deed === 'vendors ship all')
          else this.#changed(life, shop.act(life, deed, this.#time()), behind)
        })
      }
    }
  }

  #time(): string {
    return new Date(this.#world.now).toISOString().slice(0, 19).replace('T', ' ')
  }

  #changed(life: Life, changed: readonly Order[], behind = 0): void {
    for (const order of changed) {
      if (this.#world.now < START + life.seenFrom) this.#hidden.set(order.orderNumber, order)
      else this.#pass(order, behind)
    }
  }

  #show({ id }: Life): void {
    const own = [...this.#hidden.values()].filter(({ orderNumber }) => this.#world.shop.isOf(id, orderNumber))
    for (const order of own) {
      this.#hidden.delete(order.orderNumber)
      this.#pass(order, 0)
    }
  }

  #pass(data: Order, behind: number): void {
    const { orders, now } = this.#world
    const key = data.orderNumber
    const changedAt = timeOf(this.#world, orders, key, behind)
    orders.change({ key, data, changedAt, seenAt: now, deleted: false })
  }

  /** In the ERP, as far as it lets; the shop hears of it later. */
  #ship(life: Life, all: boolean): void {
    const { erp, scheduler, plan, shop } = this.#world
    const number = shop.numberOf(life.id)
    for (const { id } of orderConnections) {
      const record = erp.records.find((one) => one.externalId === orderReference(id, number))
      const lines = record === undefined ? [] : openLines(record)
      const taken = lines.map((line) => ({ ...line, count: all ? line.count : this.#random.int(0, line.count) }))
      const shipped = taken.filter(({ count }) => count > 0)
      if (record === undefined || shipped.length === 0) continue
      erp.fulfil(record.externalId, new Map(shipped.map(({ line, count }) => [line, count])))
      const pieces = new Map(shipped.map(({ lineId, count }) => [lineId, count]))
      const heardIn = Math.min(this.#random.int(100, UNHEARD_MS), START + plan.chaosMs - this.#world.now)
      scheduler.after(heardIn, () => this.#changed(life, shop.ship(number, pieces, this.#time())))
    }
  }
}

/** Nothing of an order that waits for approval can be shipped. */
function openLines({ fields, lines, externalId }: MemoryRecord) {
  if (textOf(wireOf(fields['orderStatus'])['id']) === 'A') return []
  return lines.flatMap((line) => {
    const lineId = textOf(line[LINE_FIELD])
    if (lineId === null) throw new StreamError('unexpected', `a line of ${externalId} says nothing of the shop's`)
    const count = Number(line['quantity']) - fulfilledOf(line)
    return line['isClosed'] === true || count <= 0 ? [] : [{ line: Number(line['line']), lineId, count }]
  })
}
