import { applyConfiguration } from '../src/configuration/apply-configuration.ts'
import type { Configuration, ProductMetadata } from '../src/configuration/model.ts'
import { readConfiguration } from '../src/configuration/read-configuration.ts'
import { StreamError } from '../src/errors.ts'
import type { Demo, DemoScenario } from '../src/operations/demo.ts'
import type { Tables } from '../src/platform/dynamodb/tables.ts'
import { postJson, requestJson } from './http.ts'
import { linesToSend, type ShopOrder } from './lines-to-send.ts'
import type { SimulatorAddresses } from './simulators.ts'

/** Repairs what it broke. */
type Repair = () => Promise<void>

interface Broken {
  readonly repair: Repair
  readonly order: DemoScenario['order']
  /** Whether somebody has repaired it elsewhere; what can't be repaired elsewhere has none. */
  readonly isOver?: () => Promise<boolean>
}

interface Parts {
  readonly simulators: SimulatorAddresses
  readonly tables: Tables
  readonly configuration: Configuration
  readonly vendorPattern: string
}

/** A rule of the simulators, see `simulators/harness/faults.ts`. */
type Fault = Readonly<Record<string, unknown>>

const faults: Readonly<Record<string, Fault>> = {
  erp_down: { path: '.', kind: 'html', status: 503 },
  wrong_credentials: {
    path: '.',
    kind: 'status',
    status: 401,
    body: {
      type: 'https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2',
      title: 'Unauthorized',
      status: 401,
      'o:errorDetails': [
        {
          detail: 'Invalid login attempt. For more details, see the Login Audit Trail.',
          'o:errorCode': 'INVALID_LOGIN',
        },
      ],
    },
  },
  slow_vendor: { path: '.', kind: 'slow', delayMs: 10_000 },
}

/** Everything that can be broken, in the order in which the page shows it. What is broken is repaired by `repairAll`. */
export function demoScenarios(parts: Parts): Demo & { repairAll(): Promise<void> } {
  const broken = new Map<string, Broken>()
  /** What was made for each when it was broken last: it is looked at when it is repaired, too. */
  const orders = new Map<string, DemoScenario['order']>()
  const active = new Set<string>()
  const fault = async (id: string): Promise<Broken> => {
    const send = () =>
      postJson(
        `${parts.simulators.netsuite.url}/_sim/faults`,
        [...active].map((one) => faults[one]),
      )
    active.add(id)
    await send()
    const repair = async () => {
      active.delete(id)
      await send()
    }
    return { repair, order: orderOf(await makeVendorOrder(parts)) }
  }
  const breaks: Readonly<Record<string, () => Promise<Broken>>> = {
    erp_down: () => fault('erp_down'),
    unknown_sku: () => unknownSku(parts),
    wrong_credentials: () => fault('wrong_credentials'),
    bad_mapping: () => badMapping(parts),
    slow_vendor: () => fault('slow_vendor'),
    poison_order: () => poisonOrder(parts),
  }
  const shown = async (id: string): Promise<DemoScenario> => {
    const known = broken.get(id)
    if (await known?.isOver?.()) broken.delete(id)
    return { id, broken: broken.has(id), order: orders.get(id) ?? null }
  }
  // One after the other: two windows may ask for the same.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return await mine
  }
  const set = async (id: string, wanted: boolean): Promise<DemoScenario> => {
    const act = breaks[id]
    if (act === undefined) throw new StreamError('not_found', `scenario: there is no "${id}"`, { field: 'scenario' })
    await shown(id)
    const known = broken.get(id)
    if (wanted && known === undefined) {
      const now = await act()
      broken.set(id, now)
      orders.set(id, now.order)
    }
    if (!wanted && known !== undefined) {
      await known.repair()
      broken.delete(id)
    }
    return await shown(id)
  }
  return {
    list: () => inTurn(() => Promise.all(Object.keys(breaks).map(shown))),
    set: (id, wanted) => inTurn(() => set(id, wanted)),
    repairAll: () => inTurn(async () => void (await Promise.allSettled([...broken].map(([id]) => set(id, false))))),
  }
}

const orderOf = ({ increment_id }: ShopOrder) => ({ source: 'magento', number: increment_id })

/** Orders that are drawn until the vendor is sent a line of one: not each order has goods of this vendor, or goes on. */
const MOST_DRAWN = 20

async function makeVendorOrder({ simulators, vendorPattern }: Parts): Promise<ShopOrder> {
  const isVendors = new RegExp(vendorPattern)
  for (let drawn = 0; drawn < MOST_DRAWN; drawn += 1) {
    const made = await postJson<{ readonly orders: readonly ShopOrder[] }>(`${simulators.magento.url}/_sim/orders`, {
      count: 1,
    })
    const order = made.orders.find((one) => linesToSend(one, isVendors).length > 0)
    if (order !== undefined) return order
  }
  throw new StreamError('not_found', `none of ${MOST_DRAWN} orders has goods of the vendor; break it again`)
}

interface ErpItems {
  readonly items: readonly { readonly itemId: string }[]
}

const json = (method: string, body: unknown): RequestInit => {
  return { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** The vendor renames an item that somebody orders at the same time. */
async function unknownSku(parts: Parts): Promise<Broken> {
  const netsuite = parts.simulators.netsuite.url
  const { items } = await requestJson<ErpItems>(`${netsuite}/_sim/state`)
  const known = new Set(items.map(({ itemId }) => itemId))
  for (let drawn = 0; drawn < MOST_DRAWN; drawn += 1) {
    const order = await makeVendorOrder(parts)
    const lines = linesToSend(order, new RegExp(parts.vendorPattern))
    const sku = lines.find((one) => one.product_type === 'simple' && known.has(one.sku))?.sku
    if (sku === undefined) continue
    const renamed = `RENAMED-${sku}`
    const rename = (from: string, to: string) =>
      requestJson(`${netsuite}/_sim/items/${encodeURIComponent(from)}`, json('PATCH', { itemid: to }))
    await rename(sku, renamed)
    return { repair: async () => void (await rename(renamed, sku)), order: orderOf(order) }
  }
  throw new StreamError('not_found', `none of ${MOST_DRAWN} orders has an item of the vendor; break it again`)
}

const UNKNOWN_FIELD = 'attributes.custitem_price'

/** So many products change while the mapping is wrong. */
const CHANGED_PRODUCTS = 5

/** Somebody takes the price from a field that the ERP does not fill, and the vendor changes prices. */
async function badMapping({ simulators, tables, configuration, vendorPattern }: Parts): Promise<Broken> {
  const [metadata] = configuration.metadata
  if (metadata === undefined) throw new StreamError('not_found', 'the demo has no mapping')
  const apply = (one: ProductMetadata, reason: string) =>
    applyConfiguration(
      tables,
      { revision: 0, systems: [], connections: [], metadata: [one] },
      { by: 'break something', reason },
    )
  const wrong = {
    ...metadata,
    attributes: metadata.attributes.map((rule) =>
      rule.attribute === 'price' ? { ...rule, from: UNKNOWN_FIELD } : rule,
    ),
  }
  await apply(wrong, 'price from a field that the ERP does not have')
  const current = async () => {
    const { metadata: all } = await readConfiguration(tables)
    return all.find(({ connection }) => connection === metadata.connection)
  }
  const isWrong = (one: ProductMetadata | undefined) =>
    one?.attributes.some(({ attribute, from }) => attribute === 'price' && from === UNKNOWN_FIELD) ?? false
  const netsuite = simulators.netsuite.url
  const { items } = await requestJson<ErpItems>(`${netsuite}/_sim/state`)
  const own = items.filter(({ itemId }) => new RegExp(vendorPattern).test(itemId))
  const begin = Math.floor(Math.random() * Math.max(1, own.length - CHANGED_PRODUCTS))
  for (const { itemId } of own.slice(begin, begin + CHANGED_PRODUCTS)) {
    const price = 20 + Math.floor(Math.random() * 80) + 0.5
    await requestJson(`${netsuite}/_sim/items/${encodeURIComponent(itemId)}`, json('PATCH', { price }))
  }
  const repair = async () => {
    // What else somebody has changed on the page stays.
    const now = await current()
    const [price] = metadata.attributes.filter(({ attribute }) => attribute === 'price')
    if (now === undefined || price === undefined || !isWrong(now)) return
    const attributes = now.attributes.map((rule) => (rule.attribute === 'price' ? { ...rule, from: price.from } : rule))
    await apply({ ...now, attributes }, 'the price as it was')
  }
  return { repair, order: null, isOver: async () => !isWrong(await current()) }
}

/** An order whose total is not what its lines come to: no vendor is sent a guess. */
async function poisonOrder(parts: Parts): Promise<Broken> {
  const order = await makeVendorOrder(parts)
  const url = `${parts.simulators.magento.url}/_sim/orders/${encodeURIComponent(order.increment_id)}`
  const write = (total: number) => requestJson(url, json('PATCH', { grand_total: total, base_grand_total: total }))
  await write(order.grand_total + 100)
  return { repair: async () => void (await write(order.grand_total)), order: orderOf(order) }
}
