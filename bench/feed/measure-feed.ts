import { QueryCommand } from '@aws-sdk/lib-dynamodb'
import { applyConfiguration } from '../../src/configuration/apply-configuration.ts'
import { BY_POSITION, partitionOf } from '../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { bareTables } from '../bare-tables.ts'
import { configuration } from '../data/configuration.ts'
import { VENDOR } from '../data/inventory.ts'
import { median, medianRatio } from '../median.ts'
import { type BenchServers, openServers } from '../servers.ts'
import type { Measurement, Measurements } from '../table/rows.ts'
import { fillFeed } from './fill-feed.ts'
import { Load } from './load.ts'
import { type Child, startChild } from './start-child.ts'
import { timesInTurn } from './times-in-turn.ts'

export interface FeedOptions {
  readonly seed: number
  readonly rounds: number
  readonly feedRows: readonly [small: number, large: number]
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const PAGE = 500
/** Readers at once, in a poll with nothing new. */
const POLLERS = 16
const PAGES_A_ROUND = 20
const POLLS_A_ROUND = 2000
/** Rows of the large feed that the goal is set for. */
const LARGE = 1_000_000

const [connection] = configuration.connections
const CONNECTION = connection?.id ?? ''

/** Pages and polls of a feed over HTTP, beside what can't be surpassed, in turn. */
export async function measureFeed(servers: BenchServers, options: FeedOptions): Promise<Measurements> {
  const { feedRows, log, signal } = options
  const opened: BenchServers[] = []
  try {
    const feeds: OpenFeed[] = []
    for (const rows of feedRows) {
      const begun = performance.now()
      const own = await openServers(log, signal, servers.env)
      opened.push(own)
      const feed = await openFeed(own, rows, options)
      feeds.push(feed)
      log(`feed: ${feed.rows} rows are in the table after ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    }
    const [small, large] = feeds
    if (small === undefined || large === undefined) throw new Error('a small and a large feed are needed')
    try {
      return { ...(await pageRows(small, large, options)), ...(await pollRow(small, options)) }
    } finally {
      for (const { api } of feeds) await api.end()
    }
  } finally {
    for (const own of opened) await own.close()
  }
}

/** A feed with its API. */
interface OpenFeed {
  readonly servers: BenchServers
  readonly rows: number
  readonly api: Child
  /** Of its first page. */
  readonly page: string
}

async function openFeed(servers: BenchServers, rows: number, { seed }: FeedOptions): Promise<OpenFeed> {
  const { platform, env } = servers
  await applyConfiguration(platform.tables, configuration)
  const written = await fillFeed(platform, { seed, rows })
  const usual = { API_PORT: '0', API_REQUESTS_PER_MINUTE: '10000000' }
  const api = await startChild('api-server.ts', '', { ...env, ...usual })
  return { servers, rows: written, api, page: `${api.url}/v1/feeds/inventory?connection=${CONNECTION}&limit=${PAGE}` }
}

async function pageRows(small: OpenFeed, large: OpenFeed, { rounds, log }: FeedOptions): Promise<Measurements> {
  const load = new Load(1)
  const bare = bareQuery(large)
  const last = await lastPage(large, load)
  const pages = {
    small: () => load.seconds(small.page, PAGES_A_ROUND),
    large: () => load.seconds(large.page, PAGES_A_ROUND),
    last: () => load.seconds(last, PAGES_A_ROUND),
    bare: () => bare.seconds(PAGES_A_ROUND),
  }
  const times = await timesInTurn(pages, rounds, (line) => log(`feed ${line}`))
  load.close()
  bare.close()
  const ms = (name: keyof typeof times) => (median(times[name]) / PAGES_A_ROUND) * 1000
  const ratio = medianRatio(times.bare, times.large)
  const page = { value: 1000 / ms('large'), theirs: 1000 / ms('bare'), ratio, rounds }
  const size = { value: ms('large'), theirs: ms('small'), ratio: medianRatio(times.large, times.small), rounds }
  const far = { value: ms('last'), theirs: ms('large'), ratio: medianRatio(times.last, times.large), rounds }
  const note = large.rows === LARGE ? {} : { note: `on ${large.rows.toLocaleString('en-US')} rows` }
  return { 'feed-page': page, 'feed-page-large': { ...size, ...note }, 'feed-page-far': { ...far, ...note } }
}

/** The address of the last page with as many rows as the first one has. */
async function lastPage({ page }: OpenFeed, load: Load): Promise<string> {
  let [url, last] = [page, page]
  for (;;) {
    const { items, cursor } = JSON.parse(await load.read(url)) as Page
    if (items.length < PAGE) return last
    last = url
    url = `${page}&cursor=${encodeURIComponent(cursor)}`
  }
}

interface Page {
  readonly items: readonly unknown[]
  readonly cursor: string
}

/** The first page's rows asked of DynamoDB by its own client. */
function bareQuery({ servers: { platform } }: OpenFeed) {
  const { tablePrefix } = platform.config
  const { documents, close } = bareTables(platform.config)
  const query = new QueryCommand({
    TableName: `${tablePrefix}${inventoryFeed.table}`,
    IndexName: BY_POSITION,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: {
      ':pk': partitionOf({ generation: 1, connection: CONNECTION, source: VENDOR, shard: 0 }),
    },
    ConsistentRead: true,
    Limit: PAGE,
  })
  return {
    async seconds(count: number) {
      const begun = performance.now()
      for (let done = 0; done < count; done += 1) {
        const { Count: found } = await documents.send(query)
        if (found !== PAGE) throw new Error(`the bare Query found ${found} items instead of ${PAGE}`)
      }
      return (performance.now() - begun) / 1000
    },
    close,
  }
}

async function pollRow(feed: OpenFeed, { rounds, log }: FeedOptions): Promise<Measurements> {
  const load = new Load(POLLERS)
  const { url, body } = await lastPoll(feed, load)
  const bare = await startChild('bare-route.ts', JSON.stringify(body), {})
  const polls = {
    ours: () => load.seconds(url, POLLS_A_ROUND),
    theirs: () => load.seconds(bare.url, POLLS_A_ROUND),
  }
  const times = await timesInTurn(polls, rounds, (line) => log(`polls ${line}`))
  load.close()
  await bare.end()
  const perSecond = (all: readonly number[]) => POLLS_A_ROUND / median(all)
  const ratio = medianRatio(times.theirs, times.ours)
  const row: Measurement = { value: perSecond(times.ours), theirs: perSecond(times.theirs), ratio, rounds }
  return { 'feed-poll': row }
}

/** Follows the cursor to where nothing is new. */
async function lastPoll({ page }: OpenFeed, load: Load): Promise<{ readonly url: string; readonly body: string }> {
  let url = page
  for (;;) {
    const body = await load.read(url)
    const { items, cursor } = JSON.parse(body) as Page
    if (items.length === 0) return { url, body }
    url = `${page}&cursor=${encodeURIComponent(cursor)}`
  }
}
