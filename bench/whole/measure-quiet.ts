import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Configuration } from '../../src/configuration/model.ts'
import type { BenchServers } from '../servers.ts'
import type { Measurements } from '../table/rows.ts'
import { callsOf } from './erp-calls.ts'
import { openInstallation } from './installation.ts'
import { runRead } from './orders-through.ts'

export interface QuietOptions {
  /** SKUs of the small and of the large catalog. */
  readonly skus: readonly [small: number, large: number]
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

const VENDOR = 'netsuite'
/** SKUs that the row is named after. */
const NAMED = 500_000

/** Calls to NetSuite by which all its reads find that nothing is new, with few SKUs and with many. */
export async function measureQuiet(servers: BenchServers, options: QuietOptions): Promise<Measurements> {
  const [small, large] = options.skus
  const [few, many] = [await callsOfQuiet(servers, small, options), await callsOfQuiet(servers, large, options)]
  const note = large === NAMED ? {} : { note: `${large.toLocaleString('en-US')} SKUs` }
  return { 'quiet-catalog': { value: many, theirs: few, ratio: many / few, rounds: 1, ...note } }
}

async function callsOfQuiet(servers: BenchServers, skus: number, { log, signal }: QuietOptions): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'waldstream-bench-'))
  try {
    const catalog = join(folder, 'catalog.csv')
    await pipeline(catalogOf(skus), createWriteStream(catalog))
    const reads: string[] = []
    const configure = (demo: Configuration): Configuration => {
      const systems = demo.systems.map((system) =>
        system.id === VENDOR
          ? { ...system, reads: system.reads.map((read) => ({ ...read, startFrom: now() })) }
          : system,
      )
      reads.push(...systems.filter(({ id }) => id === VENDOR).flatMap((one) => one.reads.map(({ id }) => id)))
      return { ...demo, systems }
    }
    const installation = await openInstallation(servers, {
      orders: 0,
      catalog,
      schedules: false,
      configure,
      log,
      signal,
    })
    try {
      for (const read of reads) await runRead(installation, read)
      const since = new Date()
      for (const read of reads) await runRead(installation, read)
      const calls = await callsOf(installation, VENDOR, since)
      log(`quiet: ${calls.length} calls of ${reads.length} reads with ${skus} SKUs`)
      return calls.length
    } finally {
      await installation.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const now = () => new Date().toISOString()

function* catalogOf(skus: number): Generator<string> {
  // With the attributes that the demo's configuration asks NetSuite for.
  yield 'sku,product_type,name,price,qty,additional_attributes\n'
  for (let number = 1; number <= skus; number += 1) {
    yield `WLD-${number},simple,Item ${number},12.50,10,"color=Red,size=M"\n`
  }
}
