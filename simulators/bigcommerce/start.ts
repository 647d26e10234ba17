import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { addB2bRoutes } from './b2b-routes.ts'
import { addCatalogRoutes } from './catalog-routes.ts'
import { addControlRoutes, shopState } from './control-routes.ts'
import { BIGCOMMERCE_CREDENTIALS } from './credentials.ts'
import { addGate, b2bProblem, type Quota } from './gate.ts'
import { addHookRoutes, createHookSender } from './hooks.ts'
import { addInventoryRoutes } from './inventory-routes.ts'
import { envelope, type ListHabits, type Params, pageOf, slice } from './lists.ts'
import { addOrderRoutes } from './order-routes.ts'
import { BigCommerceError, sendProblem } from './problems.ts'
import { openShop, type Shop, type ShopOptions } from './shop.ts'

export interface BigCommerceOptions extends ShopOptions {
  port?: number
  /** Requests per window, for all apps together (Enterprise plan: 20,000 in 30 s). */
  quota?: Quota
  /** Requests per minute to B2B Edition (150). */
  b2bPerMinute?: number
  /** Undocumented behavior of lists. */
  lists?: Partial<ListHabits>
}

/** A running store; B2B Edition has the same address. */
export interface BigCommerceSimulator extends Simulator {
  b2bUrl: string
  credentials: typeof BIGCOMMERCE_CREDENTIALS
}

/** Starts a store with existing data, or with new data from the catalog and the seed. */
export async function startBigCommerceSimulator(options: BigCommerceOptions): Promise<BigCommerceSimulator> {
  const shop = openShop(options)
  const habits: ListHabits = { inclusive: true, most: 250, zone: '+0000', ...options.lists }
  let url = ''
  const app = createSimulatorApp({ state: () => shopState(shop, url), reset: () => shop.reset() })
  app.setErrorHandler(async (error: unknown, request, reply) => {
    const path = request.raw.url ?? ''
    const {
      status = 500,
      message,
      errors = {},
    } = error instanceof BigCommerceError ? error : { status: statusOf(error), message: String(error) }
    if (path.startsWith('/api/v3/io/')) return b2bProblem(reply, status, message)
    return sendProblem(reply, path, status, message, errors)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(reply, request.raw.url ?? '', 404, 'Not found'))
  const gate = addGate(app, {
    quota: options.quota ?? { requests: 20_000, windowMs: 30_000 },
    b2bPerMinute: options.b2bPerMinute ?? 150,
  })
  const sender = createHookSender(shop)
  shop.announce = sender.announce
  const root = `/stores/${BIGCOMMERCE_CREDENTIALS.storeHash}`
  app.get(`${root}/v2/store`, async () => ({
    id: BIGCOMMERCE_CREDENTIALS.storeHash,
    name: 'Simulated',
    currency: 'USD',
  }))
  app.get<{ Querystring: Params }>(`${root}/v3/channels`, async ({ query }) => {
    const page = pageOf(query)
    const channels = channelsOf(shop)
    return envelope(slice(channels, page), channels.length, page)
  })
  addOrderRoutes(app, shop, habits, root)
  addCatalogRoutes(app, shop, habits, root, () => url)
  addInventoryRoutes(app, shop, root)
  addHookRoutes(app, shop, root)
  addB2bRoutes(app, shop)
  addControlRoutes(app, shop, { gate, sender, habits })
  app.addHook('onClose', async () => {
    await sender.flush()
    shop.store.close()
  })
  const simulator = await listen(app, options.port)
  url = simulator.url
  return { ...simulator, b2bUrl: url, credentials: BIGCOMMERCE_CREDENTIALS }
}

/** The first channel, and those of the orders. */
function channelsOf({ store }: Shop): object[] {
  const ids = [
    1,
    ...store.orders.all().map(({ channel_id: id }) => id),
    ...store.b2bOrders.all().map(({ channelId }) => Number(channelId)),
  ]
  const times = { date_created: '2026-01-01T00:00:00Z', date_modified: '2026-01-01T00:00:00Z' }
  return [...new Set(ids)]
    .toSorted((a, b) => a - b)
    .map((id) => ({
      id,
      name: `Channel ${id}`,
      type: 'storefront',
      platform: 'bigcommerce',
      status: 'active',
      ...times,
    }))
}

function statusOf(error: unknown): number {
  const { statusCode } = Object(error) as { statusCode?: number }
  return statusCode ?? 500
}
