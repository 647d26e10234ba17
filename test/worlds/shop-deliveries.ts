import type { Configuration, Connection, System } from '../../src/configuration/model.ts'
import { coreTables } from '../../src/configuration/tables.ts'
import type { StreamError } from '../../src/errors.ts'
import { type PerSystemKind, type TopicEvents, topicOf } from '../../src/events/topics.ts'
import type { StageResult } from '../../src/platform/runtime/stage-result.ts'
import { sinkStage } from '../../src/processors/delivery/run-sink.ts'
import type { SinkTiming } from '../../src/processors/delivery/timing.ts'
import { sinkTables } from '../../src/processors/tables.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryTables } from '../memory/tables.ts'
import { wallClock } from './sources.ts'
import { silentLogger } from './stage-context.ts'

/** Pauses short enough for a test; what they are between is real. */
const QUICK: Partial<SinkTiming> = {
  attemptMs: 2_000,
  landingMs: 1,
  inPlaceMs: 20_000,
  pausesEveryMs: 0,
  inPlace: { firstMs: 5, longestMs: 20 },
  parked: { firstMs: 1, longestMs: 5 },
}

/** A sink as it runs: tried again, parked, reported; its tables are in memory, its target is where it is. */
export function shopDeliveries<K extends PerSystemKind>(
  system: System,
  sink: Sink<K>,
  connection: Connection,
  timing: Partial<SinkTiming> = {},
) {
  const codec = memoryCodec()
  const results: StageResult[] = []
  const deadLetters: StreamError[] = []
  const configuration: Configuration = { revision: 1, systems: [system], connections: [connection], metadata: [] }
  const stage = sinkStage(system, sink, {
    tables: memoryTables([...sinkTables, ...coreTables]),
    reporter: { report: async (_stage, _partition, reported) => void results.push(...reported) },
    configuration: () => configuration,
    clock: wallClock,
    logger: silentLogger,
    codec,
    log: { read: async () => undefined },
    timing: { ...QUICK, ...timing },
  })
  const ending = new AbortController()
  const topic = topicOf(sink.kind, system.id)
  const context = {
    topic,
    partition: 0,
    highWatermark: 0n,
    signal: ending.signal,
    assertOwned: () => undefined,
    deadLetter: async (_record: unknown, error: StreamError) => void deadLetters.push(error),
    finished: () => undefined,
  }
  let offset = 0n
  return {
    deadLetters,
    /** Hands events over and answers what was reported of each, last of all. */
    async handle(...events: readonly TopicEvents[K][]): Promise<readonly string[]> {
      const batch = events.map((event) => {
        const key = Buffer.from(`${event.connection}|${event.key}`)
        const record = { topic, partition: 0, offset: offset++, timestamp: 1, key, headers: [] }
        return { record: { ...record, value: codec.encode(sink.kind, event) }, event }
      })
      await stage.handle(batch, context)
      return told()
    },
    /** What waits is tried again. */
    async tick(): Promise<readonly string[]> {
      await stage.onTick?.(context)
      return told()
    },
  }
  function told(): readonly string[] {
    return results
      .splice(0)
      .map(({ result: { key, status, code } }) => `${key} ${status}${code === null ? '' : ` ${code}`}`)
  }
}
