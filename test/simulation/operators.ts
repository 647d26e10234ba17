import { createAuditTrail } from '../../src/control/audit-trail.ts'
import { NEVER } from '../../src/control/read-holds.ts'
import { toStreamError } from '../../src/errors.ts'
import { cancelAtVendor } from '../../src/operations/cancel-at-vendor.ts'
import { holdOrder, releaseOrder } from '../../src/operations/order-holds.ts'
import { orderDeliveryKey } from '../../src/operations/order-parts.ts'
import { everything } from '../../src/operations/principal.ts'
import { sendAgain } from '../../src/operations/send-again.ts'
import { rowsOf } from '../../src/platform/dynamodb/rows.ts'
import { deliveryRows } from '../../src/processors/delivery/deliveries.ts'
import { stagedRows } from '../../src/projections/staged-row.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { orderConnections, SHOP } from './configuration.ts'
import { LATEST_MS } from './network.ts'
import type { OperatorDeed, PlannedOperator } from './plan-operators.ts'
import { START } from './scheduler.ts'
import type { SimProcess } from './sim-process.ts'
import type { World } from './world.ts'

/** Nobody changes their mind while what they asked for before may still be under way. */
const APART_MS = LATEST_MS.tables + 1_000
const AGAIN_MS = 500
const LOOK_MS = 250
const AUDIT_DAYS = 30

const operator = everything({ kind: 'api', name: 'operator' })

interface Place {
  readonly source: string
  readonly number: string
  readonly connection: string
}

/** Operators hold, release and cancel orders at the vendors and send them again, as the API does, whatever goes wrong. */
export class Operators {
  readonly #world: World
  /** Numbers of the orders that somebody sees to: each is one operator's. */
  readonly #taken = new Set<string>()

  constructor(world: World) {
    this.#world = world
  }

  /** Resolves when each has done what they would, and holds nothing any more. */
  async begin(): Promise<void> {
    await Promise.all(this.#world.plan.operators.map((planned) => this.#follow(planned)))
  }

  async #follow({ turn, connection, from, deeds }: PlannedOperator): Promise<void> {
    const process = this.#world.process('operator')
    const parts = orderConnections.map(({ id }) => id).filter((id) => connection === null || connection === id)
    await process.clock.sleep(from)
    const number = await this.#choose(process, turn)
    if (number === null) return
    for (const { afterMs, deed, forMs } of deeds) {
      if (this.#isOver()) break
      await process.clock.sleep(afterMs)
      for (const part of parts) await this.#do(process, deed, { source: SHOP, number, connection: part }, forMs)
      await process.clock.sleep(APART_MS)
    }
    for (const part of parts) await this.#do(process, 'release', { source: SHOP, number, connection: part }, 0)
  }

  /** One of the orders that there are by now, and nobody sees to; null: there is none to the end. */
  async #choose(process: SimProcess, turn: number): Promise<string | null> {
    const { tables } = this.#world
    while (!this.#isOver()) {
      const rows = (await Array.fromAsync(rowsOf(tables, stagedRows).scan())).flat()
      const there = new Set(rows.filter(({ entity }) => entity === 'orders').map(({ key }) => key))
      const free = [...there].filter((key) => !this.#taken.has(key)).toSorted()
      const number = free[turn % free.length]
      if (number !== undefined) {
        this.#taken.add(number)
        return number
      }
      await process.clock.sleep(LOOK_MS)
    }
    return null
  }

  #isOver(): boolean {
    return this.#world.now >= START + this.#world.plan.chaosMs
  }

  /** Asks until there is an answer. */
  async #do(process: SimProcess, deed: OperatorDeed, place: Place, forMs: number): Promise<void> {
    const { scheduler, standing } = this.#world
    const id = orderReference(place.connection, place.number)
    const name = `${deed} ${place.connection} ${place.number}`
    scheduler.trace.note(this.#world.now, process.name, `*** ${name}`)
    for (let isFirst = true; ; isFirst = false) {
      try {
        return await this.#ask(process, deed, place, forMs)
      } catch (thrown) {
        const { policy, message } = toStreamError(thrown)
        if (policy === 'refuse') {
          scheduler.trace.note(this.#world.now, process.name, `*** ${name} is refused: ${message}`)
          // What an earlier request did whose answer was lost, nobody knows.
          if (!isFirst) standing.forget(id)
          return
        }
        await process.clock.sleep(AGAIN_MS)
      }
    }
  }

  async #ask(process: SimProcess, deed: OperatorDeed, place: Place, forMs: number): Promise<void> {
    const { plan, standing, broker } = this.#world
    const { tables, clock, codec } = this.#world.portsOf(process)
    const reader = {
      read: (places: readonly { topic: string; partition: number; offset: number }[]) =>
        process.request('log', `read ${places.length} records`, () =>
          places.map(({ topic, partition, offset }) => broker.records(topic, partition, BigInt(offset), 1)[0] ?? null),
        ),
    }
    const staged = { reader, codec, topicPrefix: '' }
    const deps = { tables, clock, staged, shards: plan.partitions, audit: createAuditTrail(tables, clock, AUDIT_DAYS) }
    const id = orderReference(place.connection, place.number)
    const wanted = { ...place, reason: 'by hand', dryRun: false, confirm: true }
    switch (deed) {
      case 'hold':
      case 'hold for a while': {
        const until = deed === 'hold' ? null : clock.now() + forMs
        const { parts } = await holdOrder(deps, operator, { ...wanted, until })
        const isStill = parts.every(({ sent }) => sent !== 'sending') && (await this.#isStill(place))
        return standing.hold(id, isStill ? (until ?? NEVER) : 0)
      }
      case 'release':
        standing.hold(id, 0)
        return void (await releaseOrder(deps, operator, wanted))
      case 'cancel':
        await cancelAtVendor(deps, operator, wanted)
        return standing.cancel(id, true)
      case 'resend':
        await sendAgain(deps, operator, wanted)
        return standing.cancel(id, false)
    }
  }

  /** No earlier write of it is under way that nobody can stop. */
  async #isStill({ connection, number }: Place): Promise<boolean> {
    const key = orderDeliveryKey({ number })
    const row = await rowsOf(this.#world.tables, deliveryRows).get({ connection, key })
    return (row?.unsettledUntil ?? 0) <= this.#world.now
  }
}
