import { randomUUID } from 'node:crypto'
import { inspect, isDeepStrictEqual } from 'node:util'
import { alternate } from './alternate.ts'
import { type Checksum, checksum, endsOf } from './checksum.ts'
import { refuseDeadLetters, runOnce } from './compare.ts'
import { VENDOR } from './data/inventory.ts'
import { VENDOR_PREFIX } from './data/orders.ts'
import { fillTopic } from './fill.ts'
import type { Measured } from './meter.ts'
import { kafkaStreams } from './peers/kafka-streams.ts'
import { type Peer, runPeer } from './peers/peer.ts'
import { python } from './peers/python.ts'
import { runGroup } from './run-group.ts'
import type { BenchServers } from './servers.ts'

/** Who routes orders: we, in one process and in several, and those who would be picked instead. */
export const routers = ['runtime', 'workers', 'streams', 'streams-remembering', 'streams-2', 'python'] as const
export type Router = (typeof routers)[number]

export interface RoutePeersOptions {
  readonly seed: number
  readonly events: number
  readonly rounds: number
  readonly routers: readonly Router[]
  /** Processes of `workers`. */
  readonly workers: number
  readonly profile?: string | undefined
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface RoutePeers {
  readonly runs: ReadonlyMap<Router, readonly Measured[]>
  /** Why peers are missing. */
  readonly skipped: ReadonlyMap<Router, string>
}

const FROM = 'orders'

const peers = [
  { name: 'streams', find: kafkaStreams, threads: 1, remembers: false },
  { name: 'streams-remembering', find: kafkaStreams, threads: 1, remembers: true },
  { name: 'streams-2', find: kafkaStreams, threads: 2, remembers: false },
  { name: 'python', find: python, threads: 1, remembers: false },
] as const

/** The same orders routed by all in turn; refuses to answer where they don't come to the same. */
export async function routePeers(servers: BenchServers, options: RoutePeersOptions): Promise<RoutePeers> {
  const { seed, events, rounds, log } = options
  const bytes = await fillTopic(servers.platform, 'route', { seed, count: events })
  log(`route: ${events} orders of ${bytes} bytes are in the topic`)
  const { contenders, skipped } = await contendersOf(servers, options)
  for (const [name, why] of skipped) log(`route: ${name} is skipped, because ${why}`)
  const sums: Checksum[] = []
  const checked = contenders.map(({ name, run }) => ({ name, run: () => withChecksum(servers, name, run, sums) }))
  const runs = await alternate(checked, rounds, (line) => log(`route ${line}`))
  await refuseDeadLetters(servers)
  return { runs, skipped }
}

interface Run {
  readonly to: string
  readonly kind: 'orders' | 'vendor-orders'
  start(): Promise<Measured>
}

async function withChecksum(
  { platform }: BenchServers,
  name: Router,
  { to, kind, start }: Run,
  sums: Checksum[],
): Promise<Measured> {
  const before = await endsOf(platform, to)
  const measured = await start()
  const sum = await checksum(platform, kind, to, before)
  const other = sums.find((one) => !isDeepStrictEqual(one, sum))
  if (other !== undefined) throw new Error(`${name} routed ${inspect(sum)}, another ${inspect(other)}`)
  sums.push(sum)
  return measured
}

async function contendersOf(servers: BenchServers, options: RoutePeersOptions) {
  const { signal } = options
  const contenders: { readonly name: Router; readonly run: Run }[] = []
  const skipped = new Map<Router, string>()
  const wanted = new Set(options.routers)
  const own = ownRuns(servers, options)
  for (const name of ['runtime', 'workers'] as const) if (wanted.has(name)) contenders.push({ name, run: own[name] })
  for (const { name, find, ...work } of peers) {
    if (!wanted.has(name)) continue
    const peer = await find(servers.env, signal)
    if ('why' in peer) skipped.set(name, peer.why)
    else contenders.push({ name, run: await peerRun(servers, peer, work, options) })
  }
  return { contenders, skipped }
}

function ownRuns(servers: BenchServers, { events, workers, profile, signal }: RoutePeersOptions) {
  const topic = `${servers.platform.config.topicPrefix}${FROM}`
  const to = `${servers.platform.config.topicPrefix}vendor-orders.${VENDOR}`
  const spec = () => ({ job: 'route', side: 'runtime', events, group: `bench-${randomUUID()}` }) as const
  return {
    runtime: { to, kind: 'vendor-orders', start: () => runOnce(servers, spec(), { profile, signal }) },
    workers: {
      to,
      kind: 'vendor-orders',
      start: () => runGroup(servers, { ...spec(), topic, stage: 'route-orders' }, workers, signal),
    },
  } satisfies Record<string, Run>
}

async function peerRun(
  { platform, env }: BenchServers,
  peer: Peer,
  { threads, remembers }: { readonly threads: number; readonly remembers: boolean },
  { signal }: RoutePeersOptions,
): Promise<Run> {
  const { topicPrefix, partitions, replication } = platform.config
  const to = `${topicPrefix}peer-vendor-orders-${randomUUID().slice(0, 8)}`
  await platform.admin.createTopics([{ name: to, partitions, replication, config: {} }])
  const work = { from: `${topicPrefix}${FROM}`, to, skuPrefix: VENDOR_PREFIX, threads, remembers }
  return {
    to,
    kind: 'orders',
    start: () => runPeer(peer, { ...work, group: `bench-${randomUUID()}` }, env, signal),
  }
}
