import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { createSyncRequester } from '../../src/control/request-sync.ts'
import { getRun, type Run } from '../../src/control/runs.ts'
import type { Entity } from '../../src/events/topics.ts'
import { recordKey, topicOf } from '../../src/events/topics.ts'
import { createPositions } from '../../src/platform/runtime/positions.ts'
import { configuration, ERP, ORDERS_READ, SHOP, STOCK_READ } from './configuration.ts'
import type { PlannedChange } from './plan.ts'
import { START } from './scheduler.ts'
import { SeededRandom } from './seeded-random.ts'
import type { SimSource } from './sim-source.ts'
import type { World } from './world.ts'

export const POISON = Buffer.from([0, 1, 2, 255, 254])

/** As they were applied: operators find orders by it. */
export async function beginConfiguration({ tables }: World): Promise<void> {
  for (const connection of configuration.connections) {
    const { id } = connection
    await tables.put(CONNECTIONS, { kind: 'connection', id, document: encodeConnection(connection) })
  }
}

/** As the program itself does with topics that it has just made: their sinks begin at the first record. */
export async function beginPositions({ tables, plan }: World): Promise<void> {
  for (let partition = 0; partition < plan.partitions; partition += 1) {
    await createPositions(tables).note(`deliver-${ERP}`, topicOf('vendor-orders', ERP), partition, 0n)
  }
}

/** Has the plan's changes happen at the sources and the ERP. */
export function planChanges(world: World): void {
  const { plan, scheduler, erp, broker } = world
  for (const sku of plan.erpSkus) erp.addItem(sku)
  for (const change of plan.changes) scheduler.after(change.at, () => make(world, change))
  if (!plan.poison) return
  for (const [topic, owner] of [
    ['orders', SHOP],
    ['inventory', ERP],
  ] as const) {
    const at = new SeededRandom(plan.seed, 6).int(0, plan.chaosMs)
    scheduler.after(at, () => broker.append([{ topic, key: recordKey(owner, 'poison'), value: POISON }]))
  }
}

/** What the plan has for the end, in random order. */
export function makeLastChanges(world: World): void {
  for (const change of world.plan.lastChanges) make(world, change)
}

function make(world: World, change: PlannedChange): void {
  if (change.kind === 'item') {
    world.erp.addItem(change.sku)
    return
  }
  const { key, data, behind } = change
  const state = { key, data, seenAt: world.now, deleted: change.kind === 'stock' && change.deleted }
  if (change.kind === 'order')
    world.orders.change({ ...state, data: change.data, changedAt: timeOf(world, world.orders, key, behind) })
  else world.stock.change({ ...state, data: change.data, changedAt: timeOf(world, world.stock, key, behind) })
}

/** In whole seconds, and never before the entity's last change. */
export function timeOf<E extends Entity>(world: World, source: SimSource<E>, key: string, behind: number): number {
  const last = source.history.findLast((state) => state.key === key)?.changedAt ?? 0
  return Math.max(last, Math.floor((world.now - behind) / 1000) * 1000)
}

/** Asks for runs of both reads, as the schedules do. */
export class Requests {
  readonly #world: World
  readonly #random: SeededRandom

  constructor(world: World) {
    this.#world = world
    this.#random = new SeededRandom(world.plan.seed, 7)
  }

  async begin(): Promise<void> {
    const process = this.#world.process('driver')
    while (this.#world.now < START + this.#world.plan.chaosMs) {
      for (const read of [ORDERS_READ, STOCK_READ]) await this.#request(process, read)
      await process.clock.sleep(this.#random.int(3_000, 20_000))
    }
  }

  /** Resolves when a run that began after now has read its window. */
  async last(): Promise<void> {
    const process = this.#world.process('driver')
    await Promise.all(
      [ORDERS_READ, STOCK_READ].map(async (read) => {
        for (let ended = false; !ended; ) {
          const id = await this.#request(process, read)
          for (let run = await this.#run(id); ; run = await this.#run(id)) {
            ended = run?.state === 'ended'
            if (ended || run?.state === 'failed' || run?.state === 'incomplete') break
            await process.clock.sleep(1_000)
          }
        }
      }),
    )
  }

  async #run(id: string): Promise<Run | undefined> {
    const run = await getRun(this.#world.tables, id)
    return run?.merged_into == null ? run : await this.#run(run.merged_into)
  }

  async #request(process: ReturnType<World['process']>, read: string): Promise<string> {
    const { log, codec } = this.#world.portsOf(process)
    const producer = await log.producer()
    const requestedAt = this.#world.now
    const requestId = `${read} ${requestedAt}`
    for (;;) {
      try {
        const requester = createSyncRequester({ producer, codec, topicPrefix: '' })
        return await requester.request({ read, requestId, trigger: 'schedule', requestedAt })
      } catch {
        await process.clock.sleep(500)
      }
    }
  }
}
