import { type RunningProcess, startProgram } from './processes.ts'
import { smallCatalogFile } from './sources.ts'

/** A line of an order in the shop; configurable products have a child line besides. */
export interface ShopLine {
  readonly item_id: number
  readonly parent_item_id?: number
  readonly sku: string
  readonly qty_ordered: number
  readonly price: number
  readonly row_total: number
  readonly qty_shipped: number
}

export interface ShopOrder {
  readonly increment_id: string
  readonly state: string
  readonly subtotal: number
  readonly grand_total: number
  readonly items: readonly ShopLine[]
}

export interface ErpItem {
  readonly itemId: string
  readonly locations: {
    readonly items: readonly { readonly location_display: string; readonly quantityAvailable: number }[]
  }
}

export interface ErpOrder {
  readonly externalId: string
  readonly item: {
    readonly items: readonly {
      readonly custcol_waldstream_line: string
      readonly quantity: number
      readonly isClosed: boolean
    }[]
  }
}

export interface ErpState {
  readonly items: readonly ErpItem[]
  readonly customers: readonly { readonly externalId: string }[]
  readonly salesOrders: readonly ErpOrder[]
}

/** A request that NetSuite got. Status 0: it was not answered, or is not yet. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly status: number
}

/** Part of a rule of `POST /_sim/faults`. */
export interface Fault {
  readonly method?: string
  readonly path: string
  readonly kind: 'slow' | 'commit-then-close' | 'status'
  readonly delayMs?: number
  /** How it is answered. */
  readonly status?: number
  readonly body?: unknown
  /** Without it, until there are other faults. */
  readonly times?: number
}

interface Addresses {
  readonly magento: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly netsuite: { readonly url: string; readonly credentials: Readonly<Record<string, string>> }
  readonly images: { readonly url: string }
}

/** Shop, ERP and image feed in a process of their own, and what can be done to them from outside. */
export interface Simulators {
  readonly process: RunningProcess
  /** What roles need to reach them. */
  readonly env: Readonly<Record<string, string>>
  makeOrders(count: number): Promise<readonly ShopOrder[]>
  /** New quantities of an order's lines, by their ids. */
  changeOrder(order: ShopOrder, quantities: ReadonlyMap<number, number>): Promise<ShopOrder>
  changeStock(sku: string, location: string, available: number): Promise<void>
  /** From then on NetSuite has the item by another name. */
  renameItem(sku: string, name: string): Promise<void>
  shopOrders(): Promise<readonly ShopOrder[]>
  erp(): Promise<ErpState>
  /** What NetSuite was asked since then. */
  erpRequests(since: Date): Promise<readonly SeenRequest[]>
  erpFaults(faults: readonly Fault[]): Promise<void>
  stop(): Promise<void>
}

/** `data`: the folder of their state. The shop begins with `orders` orders. */
export async function startSimulators(
  data: string,
  seed: number,
  orders: number,
  catalog = smallCatalogFile,
): Promise<Simulators> {
  const own = ['--data', data, '--catalog', catalog, '--seed', String(seed), '--orders', String(orders)]
  const args = ['simulators/main.ts', ...own]
  const process = await startProgram({ name: 'simulators', args, env: {} })
  const { magento, netsuite, images } = JSON.parse(await process.line(/^\{/)) as Addresses
  const erp = `${netsuite.url}/_sim`
  const shop = `${magento.url}/_sim`
  return {
    process,
    env: environment(magento, netsuite, images),
    async makeOrders(count) {
      return (await request<{ readonly orders: readonly ShopOrder[] }>('POST', `${shop}/orders`, { count })).orders
    },
    changeOrder: (order, quantities) =>
      request<ShopOrder>('PATCH', `${shop}/orders/${order.increment_id}`, withQuantities(order, quantities)),
    async changeStock(sku, location, available) {
      const place = `${encodeURIComponent(sku)}/locations/${encodeURIComponent(location)}`
      await request('PUT', `${erp}/items/${place}`, { quantityonhand: available, quantityavailable: available })
    },
    renameItem: async (sku, name) =>
      void (await request('PATCH', `${erp}/items/${encodeURIComponent(sku)}`, { itemid: name })),
    async shopOrders() {
      return (await request<{ readonly orders: readonly ShopOrder[] }>('GET', `${shop}/state`)).orders
    },
    erp: () => request<ErpState>('GET', `${erp}/state`),
    erpRequests: (since) => request<readonly SeenRequest[]>('GET', `${erp}/requests?since=${since.toISOString()}`),
    erpFaults: async (faults) => void (await request('POST', `${erp}/faults`, faults)),
    async stop() {
      process.closeInput()
      await process.exited
    },
  }
}

const cents = (amount: number): number => Math.round(amount * 100)

/** The columns of the order that change with the quantities; its totals add up as before. */
function withQuantities(
  order: ShopOrder,
  quantities: ReadonlyMap<number, number>,
): Omit<ShopOrder, 'increment_id' | 'state'> {
  const items = order.items.map((line) => {
    const quantity = quantities.get(line.item_id)
    if (quantity === undefined) return line
    return { ...line, qty_ordered: quantity, row_total: cents(quantity * line.price) / 100 }
  })
  const total = (lines: readonly ShopLine[]) => lines.reduce((sum, line) => sum + cents(line.row_total), 0)
  const more = total(items) - total(order.items)
  const plus = (amount: number) => (cents(amount) + more) / 100
  return { items, subtotal: plus(order.subtotal), grand_total: plus(order.grand_total) }
}

function environment(
  magento: Addresses['magento'],
  netsuite: Addresses['netsuite'],
  images: Addresses['images'],
): Readonly<Record<string, string>> {
  const of = (credentials: Readonly<Record<string, string>>, name: string) => credentials[name] ?? ''
  return {
    DEMO_MAGENTO_URL: magento.url,
    DEMO_MAGENTO_CONSUMER_KEY: of(magento.credentials, 'consumerKey'),
    DEMO_MAGENTO_CONSUMER_SECRET: of(magento.credentials, 'consumerSecret'),
    DEMO_MAGENTO_ACCESS_TOKEN: of(magento.credentials, 'token'),
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: of(magento.credentials, 'tokenSecret'),
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: of(netsuite.credentials, 'consumerKey'),
    DEMO_NETSUITE_CONSUMER_SECRET: of(netsuite.credentials, 'consumerSecret'),
    DEMO_NETSUITE_TOKEN_ID: of(netsuite.credentials, 'token'),
    DEMO_NETSUITE_TOKEN_SECRET: of(netsuite.credentials, 'tokenSecret'),
    DEMO_IMAGES_URL: `${images.url}/feeds/images.csv`,
    DEMO_VENDOR_PATTERN: VENDOR.source,
  }
}

/** SKUs of the vendor. */
export const VENDOR = /^WLD-/

async function request<T = unknown>(method: string, url: string, body?: unknown): Promise<T> {
  const sent = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(url, { method, ...sent })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}
