import type { FastifyInstance } from 'fastify'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { createAuthorization } from './authorization.ts'
import { type BulkQueue, createBulkQueue } from './bulk.ts'
import { addBulkRoutes } from './bulk-routes.ts'
import { addControlRoutes, shopState } from './control-routes.ts'
import { createIms } from './ims.ts'
import { addInventoryRoutes, saveSourceItems } from './inventory-routes.ts'
import { MagentoError, sendError } from './magento-error.ts'
import { addOrderRoutes } from './order-routes.ts'
import { addProductRoutes, postProduct } from './product-routes.ts'
import type { FeedAddress } from './pull-feed.ts'
import { createPullJob, type PullJob, type PullReport } from './pull-job.ts'
import { type PullSettings, usualPullSettings } from './pull-settings.ts'
import { createRoutes } from './routes.ts'
import { openShop, type Shop, type ShopOptions } from './shop.ts'
import { retryRows } from './staged-rows.ts'
import { addMediaFiles, addStoreRoutes, mediaBase } from './store-routes.ts'
import { addSwitchRoutes, type Switches, usualSwitches } from './switches.ts'

export interface MagentoOptions extends ShopOptions {
  port?: number
  /** Where the shop's job pulls from; can be set later by `setFeed` or `POST /_sim/feed`. */
  feed?: FeedAddress
  /** Settings of the job other than the module's defaults. */
  pulling?: Partial<PullSettings>
  /** Runs the job on this schedule; by default only `pull` and `POST /_sim/pull` run it. */
  pullEverySeconds?: number
  /** Whether a page past the end repeats the last one (`true`, the default) or is empty. */
  pageSizeDefect?: boolean
  /** Whether the integration's token is accepted as bearer token (Magento's default since 2.4.4: no). */
  integrationAsBearer?: boolean
}

/** A running shop. */
export interface MagentoSimulator extends Simulator {
  setFeed(feed: FeedAddress): void
  /** Runs the pull job once, after a running one. @throws Error when no feed is set */
  pull(): Promise<PullReport>
}

/** Starts a shop with existing data, or with new data from the catalog and the seed. */
export async function startMagentoSimulator(options: MagentoOptions): Promise<MagentoSimulator> {
  const shop = openShop(options)
  const initial: Switches = {
    ...usualSwitches,
    repeatsLastPage: options.pageSizeDefect ?? true,
    integrationAsBearer: options.integrationAsBearer ?? false,
  }
  const switches = structuredClone(initial)
  let url = ''
  const job = createPullJob(shop, {
    ownMedia: () => ownMediaBases(shop),
    feed: options.feed,
    settings: options.pulling,
  })
  const app = createSimulatorApp({
    state: () => shopState(shop),
    reset: () => {
      shop.reset()
      Object.assign(switches, structuredClone(initial))
      rememberMediaBase(shop, url)
    },
  })
  const queue = addRest(app, shop, switches, () => `${url}/`)
  addSwitchRoutes(app, switches)
  addControlRoutes(app, shop)
  addPullRoutes(app, job, shop)
  const timer = options.pullEverySeconds === undefined ? undefined : schedule(job, options.pullEverySeconds)
  app.addHook('onClose', async () => {
    clearInterval(timer)
    queue.stop()
    await job.stop()
    shop.store.close()
  })
  const simulator = await listen(app, options.port)
  url = simulator.url
  rememberMediaBase(shop, url)
  return { ...simulator, setFeed: job.setFeed, pull: job.pull }
}

function addRest(app: FastifyInstance, shop: Shop, switches: Switches, baseUrl: () => string): BulkQueue {
  const authorization = createAuthorization(switches)
  const doors = { authorization, ims: createIms(app) }
  const add = createRoutes(app, doors)
  app.setErrorHandler((error, _request, reply) => sendError(reply, error))
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, new MagentoError(404, 'Request does not match any route.')),
  )
  addOrderRoutes(add, shop, switches)
  addProductRoutes(add, shop, switches)
  addInventoryRoutes(add, shop, switches)
  addStoreRoutes(add, authorization, baseUrl)
  addMediaFiles(app)
  const queue = createBulkQueue(shop, switches, {
    products: (body) => void postProduct(shop, body),
    'source-items': (body) => saveSourceItems(shop, body),
  })
  addBulkRoutes(app, add, createRoutes(app, doors, 'async/bulk/V1', 202), queue)
  app.post('/_sim/end-admin-tokens', async () => {
    authorization.endAdminTokens()
    doors.ims.endTokens()
    return {}
  })
  return queue
}

function addPullRoutes(app: FastifyInstance, job: PullJob, shop: Shop): void {
  app.post<{ Body: FeedAddress }>('/_sim/feed', async (request, reply) => {
    const { api, connection, token } = request.body ?? {}
    if (typeof api !== 'string' || typeof connection !== 'string') {
      return reply.code(400).send({ message: '"api" (an address) and "connection" are required.' })
    }
    job.setFeed({ api, connection, ...(token === undefined ? {} : { token }) })
    return { api, connection }
  })
  app.patch<{ Body: Partial<PullSettings> }>('/_sim/pulling', async (request, reply) => {
    const unknown = Object.keys(request.body).find((name) => !(name in usualPullSettings))
    if (unknown !== undefined) return reply.code(400).send({ message: `There is no setting "${unknown}".` })
    job.configure(request.body)
    return {}
  })
  app.post('/_sim/retry', async () => ({ rows: retryRows(shop.store) }))
  app.post<{ Body: { again?: boolean } | undefined }>('/_sim/pull', async (request, reply) => {
    try {
      return await job.pull(request.body?.again)
    } catch (error) {
      return reply.code(409).send({ message: error instanceof Error ? error.message : String(error) })
    }
  })
  app.get('/_sim/pulls', async () => job.reports())
}

function schedule(job: PullJob, seconds: number): NodeJS.Timeout {
  const run = () => {
    // Until the feed's address is known there is nothing to do; other failures are in the reports.
    if (!job.busy()) job.pull().catch(() => undefined)
  }
  return setInterval(run, seconds * 1000).unref()
}

/** A shop that comes back on another port still knows the earlier addresses of its images. */
function rememberMediaBase(shop: Shop, url: string): void {
  const bases = new Set(ownMediaBases(shop)).add(mediaBase(`${url}/`))
  shop.store.setSetting('media bases', JSON.stringify([...bases]))
}

function ownMediaBases(shop: Shop): string[] {
  return JSON.parse(shop.store.setting('media bases') ?? '[]') as string[]
}
