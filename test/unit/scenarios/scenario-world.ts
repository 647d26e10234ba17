import { createRandom } from '../../../simulators/harness/random.ts'
import type { Connection } from '../../../src/configuration/model.ts'
import { toStreamError } from '../../../src/errors.ts'
import { decimal8 } from '../../../src/events/decimal.ts'
import type {
  OrderChanged,
  ShopFulfilmentRequested,
  VendorOrderRequested,
} from '../../../src/events/generated/events.ts'
import { compareVersions } from '../../../src/events/version.ts'
import { routeFulfilments } from '../../../src/processors/route-fulfilments.ts'
import { type RoutedOrder, routeOrders } from '../../../src/processors/route-orders.ts'
import { orderReference } from '../../../src/rules/order-reference.ts'
import type { Wire } from '../../../src/systems/kit/wire.ts'
import { toOrder } from '../../../src/systems/magento2/order.ts'
import { writeMagento2Fulfilments } from '../../../src/systems/magento2/write-fulfilments.ts'
import { connectionOf, contextOf, fulfilmentChanged, orderChanged } from '../../data/processor-events.ts'
import type { PlacedOrder } from '../../worlds/magento-orders.ts'
import { netsuiteErp } from './scenario-netsuite.ts'
import { sapErp } from './scenario-sap.ts'
import { scenarioShop } from './scenario-shop.ts'

/**
 * How events arrive: each once, each twice, or everything that has arrived before once more after each; or in a sequence that
 * a seed chooses, where none is promised: those of one key stay in theirs, and an effect follows its cause.
 */
export type Arrival = 'once' | 'doubled' | 'replayed' | { readonly seed: number }

/** Both ends when all is delivered. */
export interface EndState {
  /** The shop's orders: state, and rows that are not as they were ordered. */
  readonly shop: readonly string[]
  /** The orders of each vendor: lines as `SKU ×pieces =amount`, those that are closed in brackets. */
  readonly vendors: Readonly<Record<string, readonly string[]>>
  /** Codes of what failed, without repetitions. */
  readonly failed: readonly string[]
}

interface Sent {
  /** Events of one key arrive in their order. */
  readonly key: string
  arrive(): Promise<void>
}

/** What all vendors work with, and a setting of their connections. */
interface Settings extends Partial<Connection> {
  readonly erp: keyof typeof erps
}

const erps = { netsuite: netsuiteErp, sap: sapErp }

/** Vendors by the letter that their SKUs begin with. */
const LETTERS = ['a', 'b', 'c'] as const

/** A shop, three vendors, and everything of ours between them: reader's mapping, processors and sinks, in memory. */
export async function play(
  order: PlacedOrder,
  steps: readonly string[],
  arrival: Arrival,
  settings: Settings,
): Promise<EndState> {
  const shop = scenarioShop(order)
  const accounts = new Map(LETTERS.map((letter) => [letter, vendorOf(letter, order, settings)]))
  const connections = [...accounts.values()].map(({ connection }) => connection)
  const states = new Map<string, RoutedOrder>()
  const failed = new Set<string>()
  const shopSink = writeMagento2Fulfilments(shop.client)
  /** What waits for something at the target is tried once more when all has arrived. */
  let parked: (() => Promise<unknown>)[] = []
  const fail = (error: unknown) => void failed.add(toStreamError(error).code)
  const attempt = async (work: () => Promise<unknown>) => {
    await work().catch((error: unknown) => {
      if (toStreamError(error).policy === 'wait') parked.push(work)
      else fail(error)
    })
  }
  const sent: Sent[] = []
  const random = createRandom(typeof arrival === 'string' ? 0 : arrival.seed, 'arrival')
  const waiting: Sent[] = []
  const send = async (event: Sent) => {
    if (typeof arrival !== 'string') return void waiting.push(event)
    sent.push(event)
    await event.arrive()
    if (arrival === 'doubled') await event.arrive()
    if (arrival === 'replayed') for (const earlier of sent) await earlier.arrive()
  }
  const settle = async () => {
    while (waiting.length > 0) {
      const { key } = random.pick(waiting)
      const [next] = waiting.splice(
        waiting.findIndex((one) => one.key === key),
        1,
      )
      await next?.arrive()
    }
    const again = parked
    parked = []
    for (const work of again) await attempt(work)
  }
  const orderArrives = (wire: Wire, at: number): Sent => {
    const event: OrderChanged = orderChanged(toOrder(wire), { occurredAt: at * 1000, readAt: at * 1000 + 500 })
    const arrive = async () => {
      const processed = await routeOrders.process(event, contextOf(...connections), states.get(event.key))
      if (processed.state !== undefined) states.set(event.key, processed.state)
      for (const decision of processed.decisions) if (decision.status === 'failed') failed.add(decision.error.code)
      for (const output of processed.outputs) {
        if (output.kind !== 'vendor-orders') continue
        const vendor = [...accounts.values()].find(({ connection }) => connection.id === output.event.connection)
        if (vendor !== undefined) await attempt(() => vendor.deliver(output.event))
      }
    }
    return { key: `order ${event.key}`, arrive }
  }
  try {
    for (const [index, words] of steps.entries()) {
      const [who = '', ...rest] = words.split(' ')
      if (rest[0] === 'waits') {
        await settle()
        continue
      }
      // What people do, they do upon what has arrived from the other side.
      const isShop = who === 'shop'
      if (waiting.some(({ key }) => key.startsWith('order') !== isShop)) await settle()
      if (who === 'shop') {
        for (const wire of shop.act(rest.join(' '))) await send(orderArrives(wire, index + 1))
        continue
      }
      const vendor = accounts.get(who as (typeof LETTERS)[number])
      if (vendor === undefined) throw new Error(`nobody is called "${who}"`)
      const event = vendor.act(rest, String(index))
      if (rest[0] === 'ships-unheard') continue
      const arrive = async () => {
        const { outputs } = await routeFulfilments.process(event, contextOf(...connections), undefined)
        for (const { kind, event: asked } of outputs) {
          if (kind !== 'shop-fulfilments') continue
          const deliver = () => shopSink.deliver(asked as ShopFulfilmentRequested, vendor.connection, endless(), CALM)
          await attempt(deliver)
        }
      }
      await send({ key: `fulfilment ${who}`, arrive })
    }
    await settle()
    for (const work of parked) await work().catch(fail)
    const vendors = [...accounts].map(([letter, { orders }]) => [letter, orders()] as const)
    return {
      shop: shop.orders().map(tellOrder),
      vendors: Object.fromEntries(vendors.filter(([, orders]) => orders.length > 0)),
      failed: [...failed].toSorted(),
    }
  } finally {
    shop.close()
    for (const { close } of accounts.values()) close()
  }
}

const CALM = { targetId: null, unclear: false }
const endless = () => new AbortController().signal

function vendorOf(letter: string, order: PlacedOrder, { erp, ...more }: Settings) {
  const connection = connectionOf(letter, `^${letter.toUpperCase()}-`, { orderStates: ['processing'], ...more })
  const account = erps[erp](order)
  const newest = new Map<string, VendorOrderRequested>()
  return {
    connection,
    orders: account.orders,
    close: account.close,
    /** What is older than the last delivery is superseded, as in the engine of sinks. */
    async deliver(event: VendorOrderRequested): Promise<void> {
      const before = newest.get(event.key)
      if (before !== undefined && compareVersions(event, before) < 0) return
      newest.set(event.key, event)
      await account.sink.deliver(event, connection, endless(), CALM)
    },
    act([verb = '', ...words]: readonly string[], id: string) {
      const asked = words.filter((word) => word.includes(':')).map((word) => word.split(':').map(Number))
      const { reference, number, lines } = account.act(verb, new Map(asked.map(([row = 0, qty = 0]) => [row, qty])))
      const kind = verb === 'closes' ? 'closure' : 'shipment'
      const data = {
        fulfilmentId: id,
        orderNumber: number,
        orderReference: reference ?? orderReference(letter, number),
        kind,
        lines: lines.map(({ quantity, ...line }) => {
          return { ...line, quantity: decimal8(String(quantity), 'quantity'), location: null, reason: null }
        }),
      }
      const tracks = kind === 'shipment' ? [{ number: `T${id}`, carrier: null, title: null }] : []
      return fulfilmentChanged({ ...data, tracks }, { source: `${letter}-erp` })
    },
  }
}

function tellOrder({ state, items }: ReturnType<ReturnType<typeof scenarioShop>['orders']>[number]): string {
  const shipped = items.reduce((sum, item) => sum + (item.parent_item_id === undefined ? item.qty_shipped : 0), 0)
  return shipped > 0 ? `${state} shipped ${shipped}` : String(state)
}
