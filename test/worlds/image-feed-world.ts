import { onTestFinished, vi } from 'vitest'
import { startImageFeedSimulator } from '../../simulators/image-feed/start.ts'
import type { System } from '../../src/configuration/model.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { pauseTables } from '../../src/control/pauses.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { getRun, type Run } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import type { DeadLettered, ImageGalleryChanged } from '../../src/events/generated/events.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { NetworkRules } from '../../src/platform/network-rules.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createReaderNotes } from '../../src/producers/reader-notes.ts'
import { runWorker, type WorkerDeps } from '../../src/producers/worker.ts'
import { createClients } from '../../src/systems/clients.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { memoryTables } from '../memory/tables.ts'
import { catalogFile, governors, readOf, systemOf, wallClock } from './sources.ts'
import { memoryReporter, silentLogger } from './stage-context.ts'

/** Waits of the worker and of retries are short: what is waited for is not the time. */
const hastyClock: Clock = { now: wallClock.now, sleep: (ms, signal) => wallClock.sleep(Math.min(ms, 5), signal) }

export interface FeedWorldOptions {
  /** Name of the feed's file: `images.csv`, `.csv.gz`, `.json`, `.xml`. */
  readonly file?: string
  /** This machine's by default. */
  readonly network?: NetworkRules
  readonly settings?: Readonly<Record<string, string>>
  /** References to the values of `secrets`. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly pageSize?: number
  readonly mostGone?: number
}

/** What settings each form of the simulator's feed needs. */
const settingsOfFile: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'images.json': { items: 'images' },
  'images.xml': { items: 'feed.image' },
}

/** The image feed's simulator, and producers that read it with memory for tables and topics; all of it ends with the test. */
export async function feedWorld(options: FeedWorldOptions = {}) {
  const { file = 'images.csv', pageSize = 5, mostGone } = options
  const simulator = await startImageFeedSimulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^WLD-/,
    seed: 1,
  })
  onTestFinished(() => simulator.close())
  const tables = memoryTables([...controlTables, ...pauseTables])
  const producer = memoryProducer()
  const codec = memoryCodec()
  const secrets = new Map<string, string>()
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, sleep: wallClock.sleep }
  const read = {
    ...readOf('images', 'images', pageSize),
    ...(mostGone === undefined ? {} : { sweep: { schedule: null, mostGone } }),
  }
  const system: System = systemOf({
    id: 'images',
    type: 'image-feed' as const,
    address: `${simulator.url}/feeds/${file}`,
    reads: [read],
    settings: { ...settingsOfFile[file], ...options.settings },
    secrets: options.secrets ?? {},
  })
  const sent = async <K extends 'images' | 'dead-letters'>(kind: K) =>
    await Promise.all(producer.sent.filter(({ topic }) => topic === kind).map(({ value }) => codec.decode(kind, value)))
  const place = { topic: 'images', partition: 0, timestamp: 0, key: null, headers: [] }
  const log: WorkerDeps['log'] = {
    scan: async (_topic, _range, onRecords) =>
      await onRecords(
        producer.sent
          .filter(({ topic }) => topic === 'images')
          .map(({ value }, offset) => ({ ...place, offset: BigInt(offset), value })),
      ),
  }
  const parts = { tables, producer, codec, reporter: memoryReporter(), logger: silentLogger, topicPrefix: '', log }
  /** A process of its own: what it only remembers in itself, the next one does not know. */
  const startProducer = () => {
    const ending = new AbortController()
    const resolveSecret = (_system: string, reference: string) => secrets.get(reference) ?? ''
    const clients = createClients({
      clock: wallClock,
      governors,
      network: options.network ?? localNetwork,
      logger: silentLogger,
      resolveSecret,
    })
    const notes = createReaderNotes(tables)
    const deps: WorkerDeps = {
      ...parts,
      systemTypes,
      admin: { ends: async () => [] },
      clock: hastyClock,
      workerId: `w${Math.random()}`,
      concurrency: 2,
      configuration: () => ({ revision: 1, systems: [system], connections: [], metadata: [] }),
      createReader: (one, of) => createReader(one, of, { clock, clients, notes }),
    }
    const ended = runWorker(deps, ending.signal)
    return async () => {
      ending.abort()
      await ended
    }
  }
  let endProducer = startProducer()
  onTestFinished(() => endProducer())
  const control = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const answer = await fetch(`${simulator.url}/_sim/${path}`, init)
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as unknown
  }
  let requests = 0
  return {
    url: simulator.url,
    tables,
    secrets,
    /** The readers' clock goes on by so much. */
    later(ms: number): void {
      clock.ahead += ms
    },
    /** One run of the read, from its request to its end. */
    async run(trigger = 'schedule', from: number | null = null): Promise<Run> {
      requests += 1
      const request = { requestId: `r${requests}`, read: read.id, trigger, requestedAt: requests, from }
      await dispatch(tables, { ...request, requestedBy: null, reason: null, queueUrl: null })
      const id = taskIdOf(request)
      return await vi.waitFor(
        async () => {
          const run = await getRun(tables, id)
          if (run === undefined || run.ended_at === null) throw new Error(`the run is ${run?.state}`)
          return run
        },
        { timeout: 240_000, interval: 5 },
      )
    },
    async restart() {
      await endProducer()
      endProducer = startProducer()
    },
    events: async (): Promise<readonly ImageGalleryChanged[]> => await sent('images'),
    deadLetters: async (): Promise<readonly DeadLettered[]> => await sent('dead-letters'),
    /** What is known of each SKU now. */
    async galleries(): Promise<ReadonlyMap<string, ImageGalleryChanged>> {
      return new Map((await sent('images')).map((event) => [event.key, event]))
    },
    putRow: (row: object) => control('PUT', 'rows', row),
    removeSku: (sku: string) => control('DELETE', `rows/${encodeURIComponent(sku)}`),
    serve: (serving: object) => control('PUT', 'serving', serving),
    fault: (...rules: readonly object[]) => control('POST', 'faults', rules),
    /** Requests for a path since the test began: method and status; 0 where there was no answer. */
    async requests(path: RegExp): Promise<readonly string[]> {
      const all = (await control('GET', 'requests')) as readonly { method: string; path: string; status: number }[]
      return all.filter((one) => path.test(one.path)).map(({ method, status }) => `${method} ${status}`)
    },
  }
}

export type FeedWorld = Awaited<ReturnType<typeof feedWorld>>
