import { setTimeout as sleep } from 'node:timers/promises'
import type { Configuration, Connection, Read, System } from '../../src/configuration/model.ts'
import { inTurn } from '../alternate.ts'
import { median, medianRatio } from '../median.ts'
import type { BenchServers } from '../servers.ts'
import type { Measurement, Measurements } from '../table/rows.ts'
import { type Installation, openInstallation } from './installation.ts'
import { orderDelayMs } from './orders-through.ts'

export interface ConnectionsOptions {
  readonly rounds: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const sizes = ['few', 'many'] as const
type Size = (typeof sizes)[number]

/** Connections, each to a vendor of its own. */
const CONNECTIONS: Readonly<Record<Size, number>> = { few: 2, many: 50 }
const IDLE_MS = 10_000
const LOOK_MS = 3000
/** Consumers join their groups, and first reads find nothing: then it is idle. */
const QUIET_READS_A_SECOND = 3
/** No read is due while it is measured, as most are not most of the time; their schedules are looked at all the same. */
const SELDOM = '0 0 * * *'
/** What it reads of is before anything the vendors' catalogs have. */
const NOTHING_BEFORE = '2100-01-01T00:00:00Z'

interface Sample {
  readonly cpuShare: number
  readonly readsPerSecond: number
  readonly delayMs: number
}

/** What fifty idle connections cost beside two, and how long a new order takes with so many. */
export async function measureConnections(servers: BenchServers, options: ConnectionsOptions): Promise<Measurements> {
  const { rounds, log, signal } = options
  const samples: Record<Size, Sample[]> = { few: [], many: [] }
  const opened = new Map<Size, Installation>()
  try {
    for (const size of sizes) {
      const configure = (demo: Configuration) => multiplied(demo, CONNECTIONS[size])
      const installation = await openInstallation(servers, { orders: 0, schedules: true, configure, log, signal })
      opened.set(size, installation)
      log(`connections: ${CONNECTIONS[size]} read ${(await untilQuiet(installation)).toFixed(0)} rows/s when all is up`)
    }
    await inTurn(sizes, rounds, async (size, round) => {
      const installation = opened.get(size)
      if (installation === undefined) return
      const sample = await sampleOf(installation)
      samples[size].push(sample)
      log(`connections ${round}/${rounds} ${CONNECTIONS[size]}: ${textOf(sample)}`)
    })
  } finally {
    for (const installation of opened.values()) await installation.close()
  }
  const row = (of: (sample: Sample) => number): Measurement => {
    const [many, few] = [samples.many.map(of), samples.few.map(of)]
    return { value: median(many), theirs: median(few), ratio: medianRatio(many, few), rounds }
  }
  return {
    'fifty-reads': row(({ readsPerSecond }) => readsPerSecond),
    'fifty-cpu': row(({ cpuShare }) => cpuShare * 100),
    'fifty-order': row(({ delayMs }) => delayMs),
  }
}

async function sampleOf(installation: Installation): Promise<Sample> {
  const [cpu, reads, begun] = [await installation.cpuSeconds(), installation.tableReads(), performance.now()]
  await sleep(IDLE_MS)
  const seconds = (performance.now() - begun) / 1000
  const cpuShare = ((await installation.cpuSeconds()) - cpu) / seconds
  const readsPerSecond = (installation.tableReads() - reads) / seconds
  return { cpuShare, readsPerSecond, delayMs: await orderDelayMs(installation) }
}

function textOf({ cpuShare, readsPerSecond, delayMs }: Sample): string {
  return `${(cpuShare * 100).toFixed(1)} % CPU, ${readsPerSecond.toFixed(1)} reads/s; an order ${delayMs.toFixed(0)} ms`
}

/** Until two times in turn it reads about as often: what begins has begun. Answers how often a second. */
async function untilQuiet(installation: Installation): Promise<number> {
  for (let last = Number.POSITIVE_INFINITY; ; ) {
    const before = installation.tableReads()
    await sleep(LOOK_MS)
    const now = ((installation.tableReads() - before) / LOOK_MS) * 1000
    if (Math.abs(now - last) <= QUIET_READS_A_SECOND) return now
    last = now
  }
}

/** As many connections as that, each to a vendor of its own; the first has the orders' SKUs. */
function multiplied(demo: Configuration, count: number): Configuration {
  const [connection] = demo.connections
  const vendor = demo.systems.find(({ id }) => id === connection?.vendor)
  if (connection === undefined || vendor === undefined) throw new Error('the demo has no connection')
  const numbers = Array.from({ length: count - 1 }, (_, index) => index + 2)
  const others = numbers.map((number) => copyOf(connection, vendor, number))
  return {
    ...demo,
    systems: [...demo.systems, ...others.map(({ system }) => system)].map((system) => ({
      ...system,
      reads: system.reads.map(quiet),
    })),
    connections: [connection, ...others.map((other) => other.connection)],
    metadata: demo.metadata,
  }
}

function copyOf(connection: Connection, vendor: System, number: number) {
  const id = `${vendor.id}-${number}`
  const readId = (read: string) => (read.startsWith(`${vendor.id}.`) ? `${id}${read.slice(vendor.id.length)}` : read)
  const reads = vendor.reads.map((read) => ({ ...read, id: readId(read.id), system: id }))
  return {
    system: { ...vendor, id, reads },
    connection: {
      ...connection,
      id: `${connection.id}-${number}`,
      vendor: id,
      reads: connection.reads.map(readId),
      ownership: { skuPattern: `^V${number}-` },
    },
  }
}

function quiet(read: Read): Read {
  return {
    ...read,
    schedule: SELDOM,
    startFrom: read.entity === 'orders' ? read.startFrom : NOTHING_BEFORE,
    settleSeconds: 0,
  }
}
