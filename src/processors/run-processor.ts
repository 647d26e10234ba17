import type { Configuration, Connection } from '../core/model.ts'
import { type StreamError, toStreamError } from '../errors.ts'
import type { EntityResult } from '../events/generated/events.ts'
import { type Entity, recordKey, type SourceEvent, topicOf } from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { Clock } from '../platform/clock.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import type { LogProducer, LogRecord, OutgoingRecord } from '../platform/kafka/event-log.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import type { StageResult, StatusReporter } from '../platform/runtime/status-reporter.ts'
import type { Decision, Output, Processor, Remembered } from './processor.ts'

export interface ProcessorDeps {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly topicPrefix: string
  readonly clock: Clock
}

const STATES = 'processor_state'

/** What processors remember of entities (partition `processor`, sort `key`). */
export const stateTables: readonly TableDefinition[] = [{ name: STATES, partitionKey: 'processor', sortKey: 'key' }]

/** A failure and the connection it is of; null: of all. */
interface Failure {
  readonly record: LogRecord
  readonly event: SourceEvent
  readonly connection: string | null
  readonly error: StreamError
}

/** What a batch comes to. */
interface Work<S> {
  readonly outgoing: OutgoingRecord[]
  readonly states: Map<string, S>
  readonly failures: Failure[]
  readonly results: StageResult[]
}

/**
 * Runs a processor as a stage. All of a batch's events are sent in one go, then states are written, failures are
 * dead-lettered and results reported; only then the batch is done (Guarantee 1). A batch that is handed over again makes
 * the same events again. A later record of an entity sees the state its earlier one left.
 */
export function processorStage<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  deps: ProcessorDeps,
): Stage<K> {
  return {
    name: processor.name,
    kind: processor.from,
    topics: [topicOf(processor.from)],
    async handle(batch, context) {
      const startedAt = deps.clock.now()
      const states = processor.remembers ? await loadStates<K, S>(processor, deps.tables, batch) : new Map<string, S>()
      const work = processBatch(processor, deps, batch, states)
      context.assertOwned()
      if (work.outgoing.length > 0) await deps.producer.send(work.outgoing)
      context.assertOwned()
      for (const [key, state] of work.states) await writeState(deps.tables, processor.name, key, state)
      for (const failure of work.failures) await deadLetter(context, failure, startedAt)
      context.assertOwned()
      if (work.results.length > 0) await deps.reporter.report(processor.name, context.partition, work.results)
    },
  }
}

const keyOf = (event: SourceEvent): string => recordKey(event.source, event.key)

function processBatch<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  deps: ProcessorDeps,
  batch: readonly Decoded<K>[],
  known: ReadonlyMap<string, S>,
): Work<S> {
  const work: Work<S> = { outgoing: [], states: new Map(), failures: [], results: [] }
  const configuration = deps.configuration()
  const metadata = new Map(configuration.metadata.map((one) => [one.connection, one]))
  for (const { record, event } of batch) {
    const connections = subscribers(configuration, event.source, processor.from)
    const key = keyOf(event)
    const report = (decision: Decision) => work.results.push(resultOf(processor.from, event, decision))
    try {
      const state = work.states.get(key) ?? known.get(key)
      const context = { connections, metadataOf: (id: string) => metadata.get(id) }
      const processed = processor.process(event, context, state)
      const outgoing = processed.outputs.map((output) => encode(deps, output))
      work.outgoing.push(...outgoing)
      if (processed.state !== undefined) work.states.set(key, processed.state)
      for (const decision of processed.decisions) {
        report(decision)
        if (decision.status !== 'failed') continue
        work.failures.push({ record, event, connection: decision.connection, error: decision.error })
      }
    } catch (thrown) {
      const error = toStreamError(thrown)
      // The registry or a table being gone says nothing about the event.
      if (error.policy === 'stop' || error.policy === 'retry') throw error
      work.failures.push({ record, event, connection: null, error })
      for (const { id } of connections) report({ connection: id, status: 'failed', error })
    }
  }
  return work
}

/** Connections that subscribe to a read of the entity from the source. */
function subscribers(configuration: Configuration, source: string, entity: Entity): Connection[] {
  const system = configuration.systems.find(({ id }) => id === source)
  const reads = new Set(system?.reads.filter((read) => read.entity === entity).map(({ id }) => id))
  return configuration.connections.filter((connection) => connection.reads.some((read) => reads.has(read)))
}

function encode({ codec, topicPrefix }: ProcessorDeps, output: Output): OutgoingRecord {
  const topic = output.system === null ? output.kind : `${output.kind}.${output.system}`
  return { topic: topicPrefix + topic, key: output.key, value: codec.encode(output.kind, output.event) }
}

function resultOf(entity: Entity, event: SourceEvent, decision: Decision): StageResult {
  const { connection, status } = decision
  const { code, message } = decision.status === 'failed' ? decision.error : decision
  const { source, key, eventId, occurredAt, readAt } = event
  const result: EntityResult = {
    ...{ entity, source, key, connection, eventId, occurredAt, readAt },
    ...{ status, code, message, targetId: null },
  }
  return { taskId: event.taskId, result }
}

function deadLetter(context: BatchContext, failure: Failure, firstAt: number): Promise<void> {
  const { record, event, connection, error } = failure
  const { key, taskId, eventId } = event
  return context.deadLetter(record, error, { connection, key, taskId, eventId, attempts: 1, firstAt })
}

async function loadStates<K extends Entity, S extends Remembered>(
  processor: Processor<K, S>,
  tables: Tables,
  batch: readonly Decoded<K>[],
): Promise<Map<string, S>> {
  const keys = [...new Set(batch.map(({ event }) => keyOf(event)))]
  const items = await tables.getMany(
    STATES,
    keys.map((key) => ({ processor: processor.name, key })),
  )
  return new Map(items.map((item) => [String(item['key']), item['state'] as S]))
}

/** Guarantee 4: never back to an older version; a state that another member moved on already stays. */
async function writeState(tables: Tables, processor: string, key: string, state: Remembered): Promise<void> {
  const rank = versionRank(state.version)
  const notNewer = { anyOf: [{ absent: 'rank' }, { attribute: 'rank', is: '<=', value: rank }] } as const
  await tables.put(STATES, { processor, key, rank, state }, notNewer)
}
