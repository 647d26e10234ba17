import { onTestFinished, vi } from 'vitest'
import type { Read, System } from '../../src/configuration/model.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { pauseTables } from '../../src/control/pauses.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { getRun, type Run } from '../../src/control/runs.ts'
import { controlTables } from '../../src/control/tables.ts'
import type { DeadLettered } from '../../src/events/generated/events.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { createBell } from '../../src/platform/bell.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createReaderNotes } from '../../src/producers/reader-notes.ts'
import { runWorker, type WorkerDeps } from '../../src/producers/worker.ts'
import { type ClientsDeps, createClients } from '../../src/systems/clients.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { memoryTables } from '../memory/tables.ts'
import { governors, wallClock } from './sources.ts'
import { memoryReporter, silentLogger } from './stage-context.ts'

/** Waits of the worker and of retries are short: what is waited for is not the time. */
const hastyClock: Clock = { now: wallClock.now, sleep: (ms, signal) => wallClock.sleep(Math.min(ms, 5), signal) }

/** Producers that run one read of a system, with memory for tables and topics; all of it ends with the test. */
export function readWorld<E extends Entity>(
  entity: E,
  { system, read }: { readonly system: System; readonly read: Read },
  how: Partial<Pick<ClientsDeps, 'network' | 'folderOf'>> & { readonly readerSleep?: Clock['sleep'] } = {},
) {
  const { readerSleep = wallClock.sleep, ...others } = how
  const tables = memoryTables([...controlTables, ...pauseTables])
  const producer = memoryProducer()
  const codec = memoryCodec()
  const secrets = new Map<string, string>()
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, sleep: readerSleep }
  const sent = async <K extends E | 'dead-letters'>(kind: K) =>
    await Promise.all(producer.sent.filter(({ topic }) => topic === kind).map(({ value }) => codec.decode(kind, value)))
  const place = { topic: entity, partition: 0, timestamp: 0, key: null, headers: [] }
  const log: WorkerDeps['log'] = {
    scan: async (_topic, _range, onRecords) =>
      await onRecords(
        producer.sent
          .filter(({ topic }) => topic === entity)
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
      network: localNetwork,
      logger: silentLogger,
      resolveSecret,
      ...others,
    })
    const notes = createReaderNotes(tables)
    const deps: WorkerDeps = {
      ...parts,
      systemTypes,
      admin: { ends: async () => [] },
      clock: hastyClock,
      bell: createBell(hastyClock),
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
  let requests = 0
  return {
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
    events: async (): Promise<readonly TopicEvents[E][]> => await sent(entity),
    deadLetters: async (): Promise<readonly DeadLettered[]> => await sent('dead-letters'),
  }
}
