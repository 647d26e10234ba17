import { createHash } from 'node:crypto'
import fastify from 'fastify'
import type { FeedRow } from '../../../../clients/typescript/client.ts'

type Feed = 'products' | 'inventory' | 'prices' | 'images'
type Query = Record<string, string | undefined>

/** A feed API on this machine, and what it was asked. */
export interface FeedApi {
  readonly origin: string
  readonly feeds: Record<Feed, FeedRow[]>
  readonly asked: { feed: string; query: Query; authorization: string | undefined; status: number }[]
  /** Answers given once, before the rows. */
  readonly surprises: { status: number; body: object; headers?: Record<string, string> }[]
  /** Pictures that were fetched. */
  readonly fetched: string[]
  /** Requests of this feed with this cursor get no answer, until `speak`. Resolves once there is one. */
  silence(feed: Feed, cursor: string): Promise<void>
  speak(): void
  close(): Promise<void>
}

/** Feeds that page two rows at a time; their cursor is the number of rows seen. */
export async function startFeedApi(): Promise<FeedApi> {
  const feeds: FeedApi['feeds'] = { products: [], inventory: [], prices: [], images: [] }
  const asked: FeedApi['asked'] = []
  const surprises: FeedApi['surprises'] = []
  const fetched: string[] = []
  let silent: { feed: Feed; cursor: string; note(): void } | undefined
  const app = fastify({ forceCloseConnections: true })
  app.get<{ Params: { feed: Feed }; Querystring: Query }>('/v1/feeds/:feed', async (request, reply) => {
    const { feed } = request.params
    const { authorization } = request.headers
    const note = (status: number) => asked.push({ feed, query: request.query, authorization, status })
    if (silent?.feed === feed && silent.cursor === request.query['cursor']) {
      silent.note()
      return await new Promise(() => undefined)
    }
    const surprise = surprises.shift()
    if (surprise !== undefined) {
      note(surprise.status)
      return reply
        .code(surprise.status)
        .headers(surprise.headers ?? {})
        .send(surprise.body)
    }
    const start = Number(request.query['cursor'] ?? 0)
    const items = feeds[feed].slice(start, start + 2)
    const seen = start + items.length
    const page = { items, cursor: String(seen), complete: seen >= feeds[feed].length }
    const etag = `"${createHash('sha256').update(JSON.stringify(page)).digest('hex')}"`
    const status = request.headers['if-none-match'] === etag ? 304 : 200
    note(status)
    return reply
      .code(status)
      .header('etag', etag)
      .send(status === 304 ? undefined : page)
  })
  app.get<{ Params: { name: string } }>('/pictures/:name', async (request, reply) => {
    const { name } = request.params
    fetched.push(name)
    if (name.startsWith('missing')) return reply.code(404).send('')
    if (name.startsWith('moved')) return reply.redirect(`http://${request.headers.host}/pictures/b.png`)
    const bodies: Readonly<Record<string, string>> = { text: 'text', webp: 'RIFF\x24\x00\x00\x00WEBPVP8 ' }
    return reply.type('image/png').send(Buffer.from(bodies[name] ?? '\x89PNG', 'latin1'))
  })
  const origin = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    origin,
    feeds,
    asked,
    surprises,
    fetched,
    silence: (feed, cursor) =>
      new Promise((resolve) => {
        silent = { feed, cursor, note: resolve }
      }),
    speak() {
      silent = undefined
    },
    close: () => app.close(),
  }
}

export function feedRow(sku: string, data: Record<string, unknown>, rest: Partial<FeedRow> = {}): FeedRow {
  const updated_at = new Date(Date.now() - 60_000).toISOString()
  return { connection: 'c1', source: 'erp', sku, updated_at, position: '1', deleted: false, data, ...rest }
}
