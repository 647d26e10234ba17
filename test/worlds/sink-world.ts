import type { Configuration, Connection, System } from '../../src/configuration/model.ts'
import { coreTables } from '../../src/configuration/tables.ts'
import { listPauses } from '../../src/control/pauses.ts'
import { StreamError } from '../../src/errors.ts'
import type { VendorOrderRequested } from '../../src/events/generated/events.ts'
import type { Clock } from '../../src/platform/clock.ts'
import type { Item, Tables } from '../../src/platform/dynamodb/tables.ts'
import type { LogHeader, LogRecord } from '../../src/platform/kafka/event-log.ts'
import type { Meter } from '../../src/platform/metrics/meter.ts'
import type { DeadLetterAbout, Decoded, Stage } from '../../src/platform/runtime/stage.ts'
import type { StageResult } from '../../src/platform/runtime/stage-result.ts'
import type { Tracer } from '../../src/platform/tracing/tracer.ts'
import { sinkStage } from '../../src/processors/delivery/run-sink.ts'
import type { SinkTiming } from '../../src/processors/delivery/timing.ts'
import { sinkTables } from '../../src/processors/tables.ts'
import type { Before, Sink } from '../../src/systems/kit/sink.ts'
import { connectionOf, vendorOrder } from '../data/processor-events.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryTables } from '../memory/tables.ts'
import { silentLogger } from './stage-context.ts'

export const system: System = {
  id: 'netsuite',
  type: 'netsuite',
  address: 'https://system.example',
  secrets: {},
  zone: 'UTC',
  limits: { concurrency: 2 },
  settings: {},
  reads: [],
}

/** The n-th version of an order, with content of its own. */
export const version = (key: string, n: number, connection = 'a'): VendorOrderRequested => {
  const order = vendorOrder(connection, key)
  return { ...order, readAt: order.readAt + n, contentDigest: `v${n}`, eventId: `${connection}-${key}-v${n}` }
}

/** What a sink does when it is called; it writes by itself, so that it may be cut off before or after. */
export type Deliver = (
  event: VendorOrderRequested,
  write: () => void,
  signal: AbortSignal,
  before: Before,
) => Promise<void>

export interface WorkerOptions {
  /** In place of the scripted one. */
  readonly sink?: Sink<'vendor-orders'>
  readonly deliver?: Deliver
  readonly probe?: () => Promise<void>
  readonly naturalKey?: boolean
  readonly timing?: Partial<SinkTiming>
  readonly meter?: Meter
  readonly tracer?: Tracer
}

/** One target, one log and one set of tables, and as many workers as a test wants. */
export function sinkWorld(
  clock: Clock,
  connections: readonly Connection[] = [connectionOf('a', '^A')],
  tables: Tables = memoryTables([...sinkTables, ...coreTables]),
) {
  const codec = memoryCodec()
  const records: LogRecord[] = []
  /** Digest that the target has for each key, and every write in its order. */
  const target = new Map<string, string>()
  const writes: string[] = []
  let configuration: Configuration = { revision: 1, systems: [system], connections, metadata: [] }
  const configure = (change: Partial<Configuration>) => {
    configuration = { ...configuration, ...change }
  }
  const append = (event: VendorOrderRequested, headers: readonly LogHeader[] = []): Decoded<'vendor-orders'> => {
    const key = Buffer.from(`${event.connection}|${event.key}`)
    const at = { topic: 'vendor-orders.netsuite', partition: 3, offset: BigInt(records.length), timestamp: 1 }
    const record = { ...at, key, value: codec.encode('vendor-orders', event), headers }
    records.push(record)
    return { record, event }
  }
  const worker = (options: WorkerOptions = {}) => {
    const { deliver = async (_event, write) => write(), probe, naturalKey = true, timing = {} } = options
    const ending = new AbortController()
    const results: StageResult[] = []
    const deadLetters: { readonly record: LogRecord; readonly error: StreamError; readonly about: DeadLetterAbout }[] =
      []
    const scripted: Sink<'vendor-orders'> = {
      kind: 'vendor-orders',
      naturalKey,
      ...(probe === undefined ? {} : { probe }),
      async deliver(event, connection, signal, before) {
        const id = `${connection.id}-${event.key}`
        const write = () => {
          target.set(id, event.contentDigest)
          writes.push(`${id} ${event.contentDigest}`)
        }
        if (target.get(id) === event.contentDigest && naturalKey) return { outcome: 'unchanged', targetId: id }
        await deliver(event, write, signal, before)
        return { outcome: 'written', targetId: id }
      },
    }
    const stage: Stage<'vendor-orders'> = sinkStage(system, options.sink ?? scripted, {
      tables,
      reporter: { report: async (_stage, _partition, reported) => void results.push(...reported) },
      configuration: () => configuration,
      clock,
      logger: silentLogger,
      codec,
      log: { read: async (_topic, _partition, offset) => records[Number(offset)] ?? null },
      random: () => 0.5,
      timing: { pausesEveryMs: 0, ...timing },
      ...(options.meter === undefined ? {} : { meter: options.meter }),
      tracer: options.tracer,
    })
    const context = {
      topic: 'vendor-orders.netsuite',
      partition: 3,
      highWatermark: 0n,
      signal: ending.signal,
      assertOwned: () => {
        if (ending.signal.aborted) throw new StreamError('stopping', 'not ours')
      },
      deadLetter: async (record: LogRecord, error: StreamError, about: DeadLetterAbout) =>
        void deadLetters.push({ record, error, about }),
      finished: () => undefined,
    }
    const told = () => {
      const said = results.map(
        ({ result: { key, status, code } }) => `${key} ${status}${code === null ? '' : ` ${code}`}`,
      )
      results.length = 0
      return said
    }
    return {
      stage,
      ending,
      deadLetters,
      /** Hands records over and answers what was reported. */
      async handle(...batch: readonly Decoded<'vendor-orders'>[]) {
        await stage.handle(batch, context)
        return told()
      },
      async tick() {
        await stage.onTick?.(context)
        return told()
      },
    }
  }
  const parked = async (): Promise<readonly Item[]> => {
    const items: Item[] = []
    for await (const page of tables.scan('parked')) items.push(...page)
    return items
  }
  return { tables, codec, records, target, writes, append, worker, parked, configure, pauses: () => listPauses(tables) }
}

/** A promise that the test keeps or breaks. */
export function gate() {
  let open: () => void = () => undefined
  let reached: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const entered = new Promise<void>((resolve) => {
    reached = resolve
  })
  return {
    open: () => open(),
    /** Resolves when somebody waits at the gate. */
    entered,
    pass: async () => {
      reached()
      await opened
    },
  }
}
