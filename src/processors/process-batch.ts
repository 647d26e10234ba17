import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Configuration, Connection } from '../configuration/model.ts'
import { StreamError, toStreamError } from '../errors.ts'
import type { ResultPlaces } from '../events/generated/events.ts'
import { madeFromHeader, type ReplayMark, readReplayMark } from '../events/headers.ts'
import { type Entity, entityOf, type ProcessedKind, recordKey, type TopicEvents } from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { LogRecord, OutgoingRecord } from '../platform/kafka/event-log.ts'
import { type ParkedRecord, parkedId } from '../platform/runtime/parked-item.ts'
import { mappedPlaces, placeOf } from '../platform/runtime/result-places.ts'
import type { Decoded } from '../platform/runtime/stage.ts'
import type { StageResult } from '../platform/runtime/status-reporter.ts'
import { createEvaluate } from '../rules/mapping/evaluate.ts'
import type { FindProducts } from '../rules/ownership.ts'
import type { ProductOf } from '../rules/split-order.ts'
import type { AskedProducts, Decision, Output, ProcessContext, Processed, Processor, Remembered } from './processor.ts'

/** A failure and the connection it is of; null: of all. */
export interface Failure {
  readonly record: LogRecord
  readonly event: ProcessedEvent
  readonly connection: string | null
  readonly error: StreamError
}

/** What a batch comes to. */
export interface Work<S> {
  /** Events to be sent, encoded, with the connection each is for. */
  readonly outputs: { readonly connection: string; readonly record: OutgoingRecord }[]
  readonly states: Map<string, S>
  readonly failures: Failure[]
  /** Records that wait for a paused connection, which is the one that is named. */
  readonly parked: ParkedRecord[]
  /** Connections that turned out to be wrong, and the failure that told. */
  readonly alarms: Map<string, StreamError>
  readonly results: StageResult[]
}

export interface BatchView {
  readonly configuration: Configuration
  /** Whether there is a newer configuration, which has not come here yet. */
  isBehind(): Promise<boolean>
  readonly now: number
  /** The time at this moment, in milliseconds. */
  time(): number
  /** Undefined where no connection's ownership asks for products. */
  readonly products?: FindProducts | undefined
  /** Throws what can't be encoded: then the event is wrong. */
  encode(output: Output): OutgoingRecord
  /** Why a connection is paused; undefined while it is not. */
  paused(connection: string): { readonly code: string; readonly message: string } | undefined
  /** Notes how an entity ended for a connection, null: well. True: most of its last ones failed, or several ran too long. */
  trips(connection: string, key: string, error: StreamError | null): boolean
}

export type ProcessedEvent = TopicEvents[ProcessedKind]

export const keyOf = (event: ProcessedEvent): string => recordKey(event.source, event.key)

/** A batch on its way through a processor. */
interface Run<K extends ProcessedKind, S extends Remembered> {
  readonly processor: Processor<K, S>
  readonly view: BatchView
  readonly known: ReadonlyMap<string, S>
  readonly context: Pick<ProcessContext, 'metadataOf' | 'evaluate'>
  readonly work: Work<S>
}

/** A record, the connections that it is for, and what the processor makes of it. */
interface Begun extends ProcessedRecord {
  readonly replay: ReplayMark | null
  readonly connections: readonly Connection[]
  readonly made: Made | Promise<Made>
}

/** What is made of a record, encoded; or why it is wrong for all connections. */
type Made =
  | { readonly outputs: Work<never>['outputs']; readonly decisions: readonly Decision[] }
  | { readonly error: StreamError }

/** Rules without expressions wait for nothing: after so many milliseconds whatever else there is to do gets its turn. */
const TURN_MS = 20

/**
 * One record after the other: a later one of an entity sees the state its earlier one left (Guarantee 4). Expressions of
 * many records are evaluated together meanwhile; what comes of them is concluded in the order of the records.
 */
export async function processBatch<K extends ProcessedKind, S extends Remembered>(
  processor: Processor<K, S>,
  view: BatchView,
  batch: readonly Decoded<K>[],
  known: ReadonlyMap<string, S>,
): Promise<Work<S>> {
  const { configuration } = view
  const work: Work<S> = { outputs: [], states: new Map(), failures: [], parked: [], alarms: new Map(), results: [] }
  const metadata = new Map(configuration.metadata.map((one) => [one.connection, one]))
  const context = { metadataOf: (id: string) => metadata.get(id), evaluate: createEvaluate() }
  const run: Run<K, S> = { processor, view, known, context, work }
  const begun: Begun[] = []
  const ofEntity = new Map<string, Begun['made']>()
  let turnAt = view.time()
  for (const { record, event } of batch) {
    const replay = readReplayMark(record.headers)
    if (replay !== null && !isForUs(replay, processor.name, configuration)) continue
    const connections = concerned(configuration, event, processor.from)
    if (isNewer(event, connections) && (await view.isBehind())) throw notYet(event)
    if (view.time() - turnAt > TURN_MS) {
      await nextTurn()
      turnAt = view.time()
    }
    const earlier = ofEntity.get(keyOf(event))
    if (processor.remembers && earlier instanceof Promise) await earlier
    const asked = processor.asks?.(event, connections) ?? []
    const made = begin(run, { record, event }, connections, asked)
    ofEntity.set(keyOf(event), made)
    begun.push({ record, event, replay, connections, made })
    // The table of products is asked for one record at a time.
    if (asked.length > 0) await made
  }
  for (const one of begun) conclude(run, one, one.made instanceof Promise ? await one.made : one.made)
  return work
}

/** Most rules need no waiting, and a batch has a thousand records. The promise does not reject. */
function begin<K extends ProcessedKind, S extends Remembered>(
  { processor, view, known, context, work }: Run<K, S>,
  { record, event }: Decoded<K>,
  connections: readonly Connection[],
  asked: readonly AskedProducts[],
): Made | Promise<Made> {
  const encoded = (processed: Processed<S>): Made => {
    const headers = madeFrom(record, processor.from)
    const outputs = processed.outputs.map((output) => ({
      connection: connectionOf(output),
      record: { ...view.encode(output), headers },
    }))
    if (processed.state !== undefined) work.states.set(keyOf(event), processed.state)
    return { outputs, decisions: processed.decisions }
  }
  const process = (productOf: ProductOf): Made | Promise<Made> => {
    const state = work.states.get(keyOf(event)) ?? known.get(keyOf(event))
    const processed = processor.process(event, { ...context, connections, productOf }, state)
    return processed instanceof Promise ? processed.then(encoded) : encoded(processed)
  }
  const failed = (thrown: unknown): Made => ({ error: toStreamError(thrown) })
  try {
    const made =
      asked.length === 0 ? process(() => undefined) : productsFor(asked, view.products).then((found) => process(found))
    return made instanceof Promise ? made.catch(failed) : made
  } catch (thrown) {
    return failed(thrown)
  }
}

/** Throws what says nothing about the event: the registry or a table being gone, or no thread for expressions. */
function conclude<K extends ProcessedKind, S extends Remembered>(
  { processor, view, work }: Run<K, S>,
  { record, event, replay, connections }: Begun,
  made: Made,
): void {
  const kind = processor.from
  const isWanted = (id: string) => replay === null || replay.connection === null || replay.connection === id
  if ('error' in made) {
    const { error } = made
    throwOfOthers(error)
    work.failures.push({ record, event, connection: replay?.connection ?? null, error })
    for (const { id } of connections.filter((one) => isWanted(one.id))) {
      work.results.push(resultOf(kind, { record, event }, { connection: id, status: 'failed', error }))
    }
    return
  }
  const held = new Set<string>()
  for (const decision of made.decisions.filter(({ connection }) => isWanted(connection))) {
    if (decision.status === 'failed') throwOfOthers(decision.error)
    if (decide(decision, kind, { record, event }, view, work)) held.add(decision.connection)
  }
  work.outputs.push(...made.outputs.filter(({ connection }) => !held.has(connection) && isWanted(connection)))
}

function throwOfOthers(error: StreamError): void {
  if (error.policy === 'stop' || error.policy === 'retry') throw error
}

async function productsFor(asked: readonly AskedProducts[], find: FindProducts | undefined): Promise<ProductOf> {
  if (find === undefined) throw new StreamError('table_unavailable', 'products are asked for, and there is no feed')
  const found = new Map<string, Awaited<ReturnType<FindProducts>>>()
  for (const { connection, skus } of asked) found.set(connection.id, await find(connection, skus))
  return (connection, sku) => found.get(connection)?.get(sku)
}

/**
 * A replay is for one stage. Throws `concurrent_change` while the configuration that it began with has not come here:
 * with an older one the connection it is for may be unknown, or mapped as before.
 */
function isForUs({ replayId, stage, revision }: ReplayMark, name: string, configuration: Configuration): boolean {
  if (stage !== name) return false
  if (configuration.revision >= revision) return true
  const message = `${replayId} waits for revision ${revision} of the configuration; ${configuration.revision} is here`
  throw new StreamError('concurrent_change', message)
}

/** True: the connection is paused, and gets nothing of this event for now. */
function decide<S>(
  decision: Decision,
  kind: ProcessedKind,
  { record, event }: ProcessedRecord,
  view: BatchView,
  work: Work<S>,
): boolean {
  const { connection, status } = decision
  const report = (): void => {
    work.results.push(resultOf(kind, { record, event }, decision))
  }
  if (status === 'ignored' || status === 'superseded') {
    report()
    return false
  }
  const error = decision.status === 'failed' ? decision.error : null
  let why = work.alarms.get(connection) ?? view.paused(connection)
  if (why === undefined && (error?.policy === 'pause' || view.trips(connection, keyOf(event), error))) {
    if (error !== null) work.alarms.set(connection, error)
    why = error ?? undefined
  }
  if (why === undefined) {
    report()
    if (error !== null) work.failures.push({ record, event, connection, error })
    return false
  }
  work.parked.push(parkedOf(kind, record, event, connection, why, view.now))
  work.results.push(waiting(kind, { record, event }, connection, why))
  return true
}

function parkedOf(
  kind: ProcessedKind,
  record: LogRecord,
  event: ProcessedEvent,
  connection: string,
  { code, message }: { readonly code: string; readonly message: string },
  now: number,
): ParkedRecord {
  const { taskId, source, eventId, occurredAt, readAt } = event
  const key = keyOf(event)
  return {
    ...{ id: parkedId(connection, key, record.offset), connection, key, rank: versionRank(event) },
    ...{ record, whole: true, attempts: 0, firstAt: now, code, message },
    about: { taskId, entity: entityOf(kind), source, key: event.key, connection, eventId, occurredAt, readAt },
  }
}

/** Connection of an event that a processor makes; each is for one. */
function connectionOf({ event }: Output): string {
  return 'connection' in event ? (event.connection ?? '') : ''
}

/** A mapped row is of one connection; what was read concerns those that subscribe to a read of it. */
function concerned(configuration: Configuration, event: ProcessedEvent, kind: ProcessedKind): Connection[] {
  if ('connection' in event) return configuration.connections.filter(({ id }) => id === event.connection)
  return subscribers(configuration, event.source, entityOf(kind))
}

/** A mapped row may be made by what this process has not heard of: a connection that is new, or pushes now. */
function isNewer(event: ProcessedEvent, [connection]: readonly Connection[]): boolean {
  return 'connection' in event && (connection === undefined || connection.revision < event.mappingRevision)
}

function notYet(event: ProcessedEvent): StreamError {
  return new StreamError('concurrent_change', `${event.eventId} is of a newer configuration, which is not here yet`)
}

function subscribers(configuration: Configuration, source: string, entity: Entity): Connection[] {
  const system = configuration.systems.find(({ id }) => id === source)
  const reads = new Set(system?.reads.filter((read) => read.entity === entity).map(({ id }) => id))
  return configuration.connections.filter((connection) => connection.reads.some((read) => reads.has(read)))
}

/** What the events that a processor makes were made from in the end: what was read. */
function madeFrom(record: LogRecord, kind: ProcessedKind): Readonly<Record<string, string>> {
  return madeFromHeader(placesOf(record, kind).source ?? placeOf(record))
}

function placesOf(record: LogRecord, kind: ProcessedKind): ResultPlaces {
  return kind === entityOf(kind) ? { source: placeOf(record), mapped: null } : mappedPlaces(record)
}

interface ProcessedRecord {
  readonly record: LogRecord
  readonly event: ProcessedEvent
}

function resultOf(kind: ProcessedKind, decoded: ProcessedRecord, decision: Decision): StageResult {
  const { code, message } = decision.status === 'failed' ? decision.error : decision
  return stageResult(kind, decoded, decision.connection, { status: decision.status, code, message })
}

function waiting(
  kind: ProcessedKind,
  decoded: ProcessedRecord,
  connection: string,
  { code, message }: { readonly code: string; readonly message: string },
): StageResult {
  return stageResult(kind, decoded, connection, { status: 'waiting', code, message })
}

function stageResult(
  kind: ProcessedKind,
  { record, event }: ProcessedRecord,
  connection: string,
  end: { readonly status: string; readonly code: string | null; readonly message: string | null },
): StageResult {
  const { source, key, eventId, occurredAt, readAt, taskId } = event
  const result = {
    entity: entityOf(kind),
    source,
    key,
    connection,
    eventId,
    occurredAt,
    readAt,
    ...end,
    targetId: null,
  }
  return { taskId, result, places: placesOf(record, kind) }
}
