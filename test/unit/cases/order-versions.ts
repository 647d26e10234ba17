import type { Connection } from '../../../src/configuration/model.ts'
import { text4, text8 } from '../../../src/events/decimal.ts'
import type { Order, OrderChanged, VendorOrderRequested } from '../../../src/events/generated/events.ts'
import { parseExact } from '../../../src/platform/json.ts'
import { type RoutedOrder, routeOrders } from '../../../src/processors/route-orders.ts'
import { publishPage } from '../../../src/producers/publish.ts'
import { vendorQuantity } from '../../../src/rules/quantities.ts'
import { topLevelLines } from '../../../src/rules/split-order.ts'
import { toOrder as fromBigCommerce, type OrderParts } from '../../../src/systems/bigcommerce/order.ts'
import { bigcommerce } from '../../../src/systems/bigcommerce/system.ts'
import { type Wire, wireOf } from '../../../src/systems/kit/wire.ts'
import type { Magento2Client } from '../../../src/systems/magento2/client.ts'
import { toOrder as fromMagento } from '../../../src/systems/magento2/order.ts'
import { readMagento2Orders } from '../../../src/systems/magento2/read-orders.ts'
import { magento2 } from '../../../src/systems/magento2/system.ts'
import { readWith } from '../../data/configuration.ts'
import { connectionOf, contextOf, orderChanged } from '../../data/processor-events.ts'
import { bench } from '../producers/support.ts'

const READ = readWith('magento', 'orders', { settleSeconds: 0, overlapSeconds: 0 })

/** SKUs of Magento's products by their ids, as far as a case knows them. */
export type BaseSkus = Readonly<Record<string, string>>

/** The connection of a case: its vendor's SKUs begin with WLD-, orders begin where they do by the shop's type. */
export function caseConnection(input: unknown, more: Partial<Connection> = {}): Connection {
  const { orderStates } = isBigCommerce(input) ? bigcommerce : magento2
  return connectionOf('vendor', '^WLD-', { orderStates: orderStates?.begin ?? null, ...more })
}

/** The versions of a case in their order: one order, a list, or an object of versions; texts are JSON. */
export function versionsOf(input: unknown, baseSkus: BaseSkus = {}): readonly Order[] {
  if (typeof input === 'string') return versionsOf(parseExact(input), baseSkus)
  if (Array.isArray(input)) return input.flatMap((one) => versionsOf(one, baseSkus))
  const wire = wireOf(input)
  if (isBigCommerce(wire)) return [fromBigCommerce(wire as unknown as OrderParts).order]
  if ('increment_id' in wire) return [fromMagento(wire, (id) => baseSkus[id])]
  return Object.values(wire).flatMap((one) => versionsOf(one, baseSkus))
}

function isBigCommerce(input: unknown): boolean {
  if (Array.isArray(input)) return input.some(isBigCommerce)
  return 'products' in wireOf(input)
}

/** What the connections are sent of versions that come one after the other, and what is decided. */
export async function routed(versions: readonly Order[], connections: readonly Connection[]) {
  let state: RoutedOrder | undefined
  const steps = []
  for (const [index, order] of versions.entries()) {
    const time = { occurredAt: 1_772_000_000_000 + index, readAt: 1_772_000_001_000 + index }
    const event: OrderChanged = orderChanged(order, time)
    const processed = await routeOrders.process(event, contextOf(...connections), state)
    state = processed.state ?? state
    const events = processed.outputs.map((output) => output.event as VendorOrderRequested)
    const codes = processed.decisions.map((one) =>
      one.status === 'failed' ? one.error.code : (one.code ?? one.status),
    )
    steps.push({ events, codes })
  }
  return steps
}

/** The vendor's lines as `SKU ×pieces =amount before discount and tax`. */
export function linesOf({ data }: VendorOrderRequested): readonly string[] {
  return topLevelLines(data).map((line) => `${line.sku} ×${text8(vendorQuantity(line))} =${text4(line.rowTotal)}`)
}

/** The events of orders that Magento gives in one page, as its reader makes and the engine publishes them. */
export async function readFromMagento(orders: readonly Wire[]): Promise<readonly OrderChanged[]> {
  const deps = bench()
  const found = (items: readonly Wire[]) => Promise.resolve({ items, total: items.length })
  const client = { findOrders: () => found(orders), findProducts: () => found([]) } as unknown as Magento2Client
  const read = { ...READ, filter: {} }
  const window = { from: 0, to: Date.UTC(2027, 0, 1) }
  const origin = { source: 'magento', entity: 'orders', read: read.id, taskId: null } as const
  for await (const page of readMagento2Orders(client, read, deps.clock).read(
    window,
    null,
    new AbortController().signal,
  )) {
    await publishPage(deps, origin, page)
  }
  return await deps.appended('orders')
}

/** Text of a case's file as a wire object. */
export function caseInput(text: string): unknown {
  return (parseExact(text) as Wire)['input']
}
