import { createServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { createClock, type SimulatorClock } from '../harness/clock.ts'
import { inTransaction, openDatabase } from '../harness/database.ts'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { createFeedStore, type FeedSeedOptions, type FeedStore, type ImageRow } from './feed-store.ts'
import { prints } from './print.ts'
import { readRow } from './read-row.ts'
import { schema } from './schema.ts'
import { sendFeed } from './send-feed.ts'
import { asUsual, readServing, type Serving } from './serving.ts'
import { tinyImage } from './tiny-image.ts'

/** Options, and the source of the feed if the data file is new. */
export interface ImageFeedSimulatorOptions extends FeedSeedOptions {
  /** SQLite file with the data. `:memory:` stores nothing. */
  dataFile: string
  /**
   * Default: the port that this data was served on before, so that the images keep their addresses; otherwise a free
   * one.
   */
  port?: number
}

/**
 * A vendor's image feed, `GET /feeds/images.{csv,csv.gz,json,xml}`, and its images under `/images/`. @throws
 * CatalogError
 */
export async function startImageFeedSimulator(options: ImageFeedSimulatorOptions): Promise<Simulator> {
  const database = openDatabase(options.dataFile, schema)
  const store = createFeedStore(database)
  const seed = () => inTransaction(database, () => store.seed(options))
  if (!store.isSeeded()) seed()
  const clock = createClock(store.changedAt())
  const port = options.port ?? (await freeOr(store.port()))
  let origin = ''
  const rows = () => store.rows().map((row) => ({ ...row, url: absolute(row.url, origin) }))
  let servedAsUsual = () => {}
  const reset = () => {
    servedAsUsual()
    seed()
  }

  const app = createSimulatorApp({ state: () => ({ rows: rows() }), reset })
  servedAsUsual = addFeedRoutes(app, store, clock, rows)
  app.get<{ Params: { '*': string } }>('/images/*', async ({ params }, reply) => {
    const path = `/images/${params['*']}`
    if (!store.hasUrl(path)) return reply.code(404).type('text/plain').send('Not found')
    const { type, bytes } = tinyImage(path)
    return reply.type(type).send(bytes)
  })
  addControlRoutes(app, store, clock, () => origin)
  app.addHook('onClose', async () => database.close())
  const simulator = await listen(app, port)
  origin = simulator.url
  store.rememberPort(Number(new URL(origin).port))
  return simulator
}

/** The feed under each of its names, and the route that sets how it is served and restores the default first. */
function addFeedRoutes(
  app: FastifyInstance,
  store: FeedStore,
  clock: SimulatorClock,
  rows: () => ImageRow[],
): () => void {
  let serving: Serving = asUsual
  for (const [name, print] of Object.entries(prints)) {
    app.get(`/feeds/${name}`, async (request, reply) => {
      const { thenPut } = serving
      const file = print(rows().slice(0, serving.rows ?? undefined))
      const sent = sendFeed(request, reply, { file, changedAt: store.changedAt(), serving })
      if (thenPut !== null) store.upsert(thenPut, clock.now())
      serving = { ...serving, thenPut: null }
      return sent
    })
  }
  app.put('/_sim/serving', async ({ body }, reply) => {
    try {
      serving = readServing(body)
      return serving
    } catch (error) {
      return reply.code(400).send({ message: String(error) })
    }
  })
  return () => {
    serving = asUsual
  }
}

/** Routes that change the feed as the vendor would. */
function addControlRoutes(app: FastifyInstance, store: FeedStore, clock: SimulatorClock, origin: () => string): void {
  app.put('/_sim/rows', async ({ body }, reply) => {
    let row: ImageRow
    try {
      row = readRow(body)
    } catch (error) {
      return reply.code(400).send({ message: String(error) })
    }
    const url = row.url.startsWith(`${origin()}/`) ? row.url.slice(origin().length) : row.url
    const stored = { ...row, url }
    store.upsert(stored, clock.now())
    return { ...stored, url: absolute(url, origin()) }
  })
  app.delete<{ Params: { sku: string } }>('/_sim/rows/:sku', async ({ params }, reply) => {
    const deleted = store.remove(params.sku, clock.now())
    if (deleted === 0) return reply.code(404).send({ message: `There is no row of ${params.sku}.` })
    return { deleted }
  })
}

function absolute(url: string, origin: string): string {
  return url.startsWith('/') ? origin + url : url
}

/** The port if it is free, otherwise 0. */
function freeOr(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(0))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
}
