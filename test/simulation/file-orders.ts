import { type StreamError, toStreamError } from '../../src/errors.ts'
import { decimal8 } from '../../src/events/decimal.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import { orderReference } from '../../src/rules/order-reference.ts'
import { orderFile } from '../../src/systems/files/order-file.ts'
import { nameOf } from '../../src/systems/files/place.ts'
import type { OrdersValues } from '../../src/systems/files/settings.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { connectionOf, lineOf, orderOf, vendorOrder } from '../data/processor-events.ts'
import type { MemoryFiles } from '../memory/file-place.ts'
import type { Turns } from './mortal-process.ts'

const CONNECTION = connectionOf('acme', '^A')

interface Order {
  readonly key: string
  /** Its versions, oldest first; the first ones may be delivered. */
  readonly versions: VendorOrderRequested[]
  delivered: number
  refused: StreamError | null
}

/** Orders on their way to a vendor that takes their files away as soon as it likes, also between two steps of ours. */
export class FileOrders {
  readonly orders: Order[] = []
  readonly #files: MemoryFiles
  readonly #turns: Turns
  readonly #settings: OrdersValues
  /** Contents that the vendor has, by the name of their file. */
  readonly #taken = new Map<string, Buffer[]>()

  constructor(files: MemoryFiles, turns: Turns, settings: OrdersValues) {
    this.#files = files
    this.#turns = turns
    this.#settings = settings
  }

  /** The shop gets, changes or cancels an order, or the vendor takes a file. */
  act(): void {
    const { random } = this.#turns
    if (random.chance(0.5)) this.take()
    else if (random.chance(0.2)) this.#order()
  }

  #order(): void {
    const { random } = this.#turns
    const last = this.orders.length > 0 && random.chance(0.4) ? random.pick(this.orders) : null
    if (last === null || last.refused !== null) {
      const key = String(1_000 + this.orders.length)
      this.orders.push({ key, versions: [versionOf(key, 1)], delivered: 0, refused: null })
    } else if (last.versions.at(-1)?.canceled === false) {
      const next = versionOf(last.key, last.versions.length + 1)
      last.versions.push(random.chance(0.4) ? { ...next, canceled: true } : next)
    }
  }

  take(): void {
    const paths = this.#files.pathsIn(this.#settings.folder)
    if (paths.length === 0) return
    const path = this.#turns.random.pick(paths)
    const content = this.#files.contentOf(path)
    if (content !== undefined) this.#taken.set(nameOf(path), [...(this.#taken.get(nameOf(path)) ?? []), content])
    this.#files.remove(path)
  }

  /** What waits for its delivery. */
  waiting(): readonly Order[] {
    return this.orders.filter(({ versions, delivered, refused }) => refused === null && delivered < versions.length)
  }

  /** One attempt at the next version of an order. */
  async deliver(order: Order, sink: Sink<'vendor-orders'>, isAlive: () => boolean): Promise<void> {
    const event = order.versions[order.delivered]
    if (event === undefined) return
    try {
      await sink.deliver(event, CONNECTION, new AbortController().signal, { targetId: null, unclear: true })
      order.delivered += 1
    } catch (error) {
      const problem = toStreamError(error)
      if (problem.policy === 'dead-letter' && isAlive()) order.refused = problem
    }
  }

  /** What is wrong with the files that the vendor has got: Guarantee 3. */
  problems(movesInOneStep: boolean): readonly string[] {
    while (this.#files.pathsIn(this.#settings.folder).length > 0) this.take()
    const known = new Set(this.orders.map(({ key }) => this.#nameOf(key)))
    const foreign = [...this.#taken.keys()].filter((name) => !known.has(name))
    return [
      ...foreign.map((name) => `the vendor got ${name}, which is no order`),
      ...this.orders.flatMap((order) => {
        const problem = this.#problemOf(order, movesInOneStep)
        return problem === null ? [] : [`order ${order.key}: ${problem}`]
      }),
    ]
  }

  #nameOf(key: string): string {
    return `${orderReference(CONNECTION.id, key)}.csv`
  }

  #problemOf({ key, versions, delivered, refused }: Order, movesInOneStep: boolean): string | null {
    const got = this.#taken.get(this.#nameOf(key)) ?? []
    const reference = orderReference(CONNECTION.id, key)
    const contents = versions.map((event) => (event.canceled ? null : orderFile(event, reference, this.#settings)))
    if (got.length > 1) return `its file was sent ${got.length} times`
    const [file] = got
    if (file !== undefined && !contents.some((content) => content?.equals(file) === true)) return 'its file is wrong'
    if (refused !== null) {
      const isPeoples = versions.length > 1 && file !== undefined
      if (refused.code === 'target_conflict' && (isPeoples || !movesInOneStep)) return null
      return `refused, with ${got.length} files: ${refused.message}`
    }
    if (delivered < versions.length) return 'never delivered'
    const newest = contents.at(-1) ?? null
    if (newest === null) return file === undefined ? null : 'its file was sent although it is canceled'
    return file?.equals(newest) === true ? null : 'its newest version is not at the vendor, and nobody was told'
  }
}

function versionOf(key: string, version: number): VendorOrderRequested {
  const lines = [lineOf('1', 'A-1', { quantityOrdered: decimal8(String(version), 'quantity') })]
  const event = vendorOrder(CONNECTION.id, key, orderOf(lines, { orderNumber: key }))
  return { ...event, readAt: event.readAt + version, contentDigest: `v${version}`, eventId: `${key}-v${version}` }
}
