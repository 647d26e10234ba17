import type { Configuration, Connection } from '../configuration/model.ts'
import type { Newer } from '../configuration/newer-configuration.ts'
import { StreamError, toStreamError } from '../errors.ts'
import type { ResultPlaces } from '../events/generated/events.ts'
import { madeFromHeader, type ReplayMark, readReplayMark, readRetryMark } from '../events/headers.ts'
import { type Entity, entityOf, type ProcessedKind, recordKey, type TopicEvents } from '../events/topics.ts'
import { versionRank } from '../events/version.ts'
import type { LogRecord, OutgoingRecord } from '../platform/kafka/event-log.ts'
import { LARGEST_RECORD, tooLargeError } from '../platform/kafka/largest-record.ts'
import { recordBytes } from '../platform/kafka/request-packer.ts'
import { withoutPersonal } from '../platform/registry/personal-texts.ts'
import type { ParkedRecord } from '../platform/runtime/parked-item.ts'
import type { Decoded } from '../platform/runtime/stage.ts'
import {
  aboutEvent,
  mappedPlaces,
  placeOf,
  type ResultEnd,
  type StageResult,
  stageResult,
} from '../platform/runtime/stage-result.ts'
import { traceHeader } from '../platform/tracing/record-spans.ts'
import { yieldOften } from '../platform/yield-often.ts'
import { createEvaluate, type Evaluate } from '../rules/mapping/evaluate.ts'
import type { FindProducts } from '../rules/ownership.ts'
import type { ProductOf } from '../rules/split-order.ts'
import type { AskedProducts, Decision, Output, ProcessContext, Processor, Remembered } from './processor.ts'
import { parkedRecord } from './waiting-room.ts'

/** A failure and its connection; null: all connections. */
export interface Failure {
  readonly record: LogRecord
  readonly event: ProcessedEvent
  readonly connection: string | null
  readonly error: StreamError
}

/** The outcome of a batch. */
export interface Work<S> {
  /** Encoded events to send, with the connection of each. */
  readonly outputs: { readonly connection: string; readonly record: OutgoingRecord }[]
  readonly states: Map<string, S>
  readonly failures: Failure[]
  /** Records that wait for the paused connection named in each. */
  readonly parked: ParkedRecord[]
  /** Connections found to be broken, with the failure that showed it. */
  readonly alarms: Map<string, StreamError>
  readonly results: StageResult[]
  /** Order lines that no party owns, or several. */
  unaccounted: number
}

export interface BatchView {
  readonly configuration: Configuration
  /** State of the configuration that a record needs; `needed`: its revision, null if any newer one may be it. */
  newer(needed: number | null): Promise<Newer>
  readonly now: number
  /** Current time in milliseconds. */
  time(): number
  /** Undefined if no connection's ownership depends on products. */
  readonly products?: FindProducts | undefined
  /** Throws when the event can't be encoded: the event is invalid then. */
  encode(output: Output): OutgoingRecord
  /** Why a connection is paused; undefined while it is not. */
  paused(connection: string): { readonly code: string; readonly message: string } | undefined
  /** Notes the outcome of an entity for a connection. True: the connection is broken and must be paused. */
  isWrong(connection: string, key: string, error: StreamError | null): boolean
}

export type ProcessedEvent = TopicEvents[ProcessedKind]

/** Identifies an entity whatever its version: its source and its key there. */
export const sourceKey = (event: ProcessedEvent): string => recordKey(event.source, event.key)

/** State of a batch while a processor handles it. */
interface Run<K extends ProcessedKind, S extends Remembered> {
  readonly processor: Processor<K, S>
  readonly view: BatchView
  readonly known: ReadonlyMap<string, S>
  readonly metadataOf: ProcessContext['metadataOf']
  readonly evaluate: Evaluate
  readonly letOthers: () => Promise<void>
  readonly work: Work<S>
}

/** A record, its connections, and what the processor makes of it. */
interface Begun extends Handled {
  readonly replay: ReplayMark | null
  readonly connections: readonly Connection[]
  readonly made: Promise<Made>
}

/** The encoded outputs of a record, or the error that fails it for all connections. */
type Made =
  | { readonly outputs: Work<never>['outputs']; readonly decisions: readonly Decision[] }
  | { readonly error: StreamError }

/**
 * Handles records in order: a later one of an entity sees the state that the earlier one left (Guarantee 4). A record
 * that waits for expressions lets the next one begin, so that expressions of many records are evaluated together;
 * outcomes are still concluded in record order.
 */
export async function processBatch<K extends ProcessedKind, S extends Remembered>(
  processor: Processor<K, S>,
  view: BatchView,
  batch: readonly Decoded<K>[],
  known: ReadonlyMap<string, S>,
): Promise<Work<S>> {
  const { configuration } = view
  const entity = entityOf(processor.from)
  const work: Work<S> = {
    outputs: [],
    states: new Map(),
    failures: [],
    parked: [],
    alarms: new Map(),
    results: [],
    unaccounted: 0,
  }
  const metadata = new Map(configuration.metadata.map((one) => [one.connection, one]))
  const metadataOf = (id: string) => metadata.get(id)
  const letOthers = yieldOften(view.time)
  const run: Run<K, S> = { processor, view, known, metadataOf, evaluate: createEvaluate(), letOthers, work }
  const begun: Begun[] = []
  const ofEntity = new Map<string, Promise<Made>>()
  for (const decoded of batch) {
    const { record, event } = decoded
    const replay = readReplayMark(record.headers)
    if (replay !== null && replay.stage !== processor.name) continue
    const subscribed = concerned(configuration, event, processor.from)
    const named = processor.alsoFor?.(event, configuration.connections) ?? []
    const connections = [...subscribed, ...named.filter((one) => !subscribed.includes(one))]
    const retried = readRetryMark(record.headers)?.revision ?? 0
    const lacking = await lackingConfiguration(view, event, { replay, retried }, connections)
    await letOthers()
    const key = sourceKey(event)
    if (processor.remembers) await ofEntity.get(key)
    const handled: Handled = { record, event, entity, places: placesOf(record, processor.from) }
    const waits = Promise.withResolvers<void>()
    const made =
      lacking === undefined ? make(run, decoded, connections, waits.resolve) : Promise.resolve({ error: lacking })
    ofEntity.set(key, made)
    begun.push({ ...handled, replay, connections, made })
    await Promise.race([made, waits.promise])
  }
  for (const one of begun) conclude(view, work, one, await one.made)
  return work
}

/** Never rejects. Calls `waits` when it has to wait for expressions. */
async function make<K extends ProcessedKind, S extends Remembered>(
  { processor, view, known, metadataOf, evaluate, letOthers, work }: Run<K, S>,
  { record, event, span }: Decoded<K>,
  connections: readonly Connection[],
  waits: () => void,
): Promise<Made> {
  const key = sourceKey(event)
  try {
    const state = work.states.get(key) ?? known.get(key)
    const asked = processor.asks?.(event, connections) ?? []
    const productOf = asked.length === 0 ? () => undefined : await productsFor(asked, view.products)
    const evaluateLater: Evaluate = (...expressions) => {
      waits()
      return evaluate(...expressions)
    }
    const context = { connections, metadataOf, productOf, evaluate: evaluateLater, letOthers }
    const processed = await processor.process(event, context, state)
    work.unaccounted += processed.unaccounted ?? 0
    const madeFrom = madeFromHeader(placesOf(record, processor.from).source ?? placeOf(record))
    const headers = span === undefined ? madeFrom : { ...madeFrom, ...traceHeader(span) }
    const encoded = processed.outputs.map((output) => {
      const record = { ...view.encode(output), headers }
      return { connection: connectionOf(output), record, unfit: unfitError(output, record) }
    })
    const unfit = new Map(encoded.flatMap((one) => (one.unfit === null ? [] : [[one.connection, one.unfit] as const])))
    if (processed.state !== undefined) {
      // What was sent to the other connections is remembered (Guarantee 5), but not as sent to those it was not sent
      // to.
      const sent =
        unfit.size === 0 ? undefined : processor.withoutUnsent?.(processed.state, state, new Set(unfit.keys()))
      work.states.set(key, sent ?? processed.state)
    }
    const shown = (error: StreamError) => withoutPersonal(processor.from, event, error)
    const decisions = processed.decisions.map((decision): Decision => {
      const { connection } = decision
      const error = decision.status === 'failed' ? decision.error : unfit.get(connection)
      return error === undefined ? decision : { connection, status: 'failed', error: shown(error) }
    })
    return { outputs: encoded.filter(({ connection }) => !unfit.has(connection)), decisions }
  } catch (thrown) {
    return { error: withoutPersonal(processor.from, event, toStreamError(thrown)) }
  }
}

/** A record that the broker would reject fails its own connection (Guarantee 5). */
function unfitError({ event }: Output, record: OutgoingRecord): StreamError | null {
  const bytes = recordBytes(record)
  return bytes <= LARGEST_RECORD ? null : tooLargeError(record.key, 'data' in event ? event.data : {}, bytes)
}

/**
 * Throws errors that are not about the event: the registry or a table is unavailable, or there is no thread for
 * expressions.
 */
function conclude<S>(view: BatchView, work: Work<S>, begun: Begun, made: Made): void {
  const { record, event, replay, connections } = begun
  const isWanted = (id: string) => replay === null || replay.connection === null || replay.connection === id
  if ('error' in made) {
    const { error } = made
    throwUnrelated(error)
    work.failures.push({ record, event, connection: replay?.connection ?? null, error })
    for (const { id } of connections.filter((one) => isWanted(one.id))) {
      work.results.push(processedResult(begun, id, failedEnd(error)))
    }
    return
  }
  const held = new Set<string>()
  for (const decision of made.decisions.filter(({ connection }) => isWanted(connection))) {
    if (decision.status === 'failed') throwUnrelated(decision.error)
    if (decide(decision, begun, view, work)) held.add(decision.connection)
  }
  work.outputs.push(...made.outputs.filter(({ connection }) => !held.has(connection) && isWanted(connection)))
}

function throwUnrelated(error: StreamError): void {
  if (error.policy === 'stop' || error.policy === 'retry') throw error
}

async function productsFor(asked: readonly AskedProducts[], find: FindProducts | undefined): Promise<ProductOf> {
  if (find === undefined) throw new StreamError('table_unavailable', 'ownership needs products, and there is no feed')
  const found = new Map<string, Awaited<ReturnType<FindProducts>>>()
  for (const { connection, skus } of asked) found.set(connection.id, await find(connection, skus))
  return (connection, sku) => found.get(connection)?.get(sku)
}

/**
 * What requested a record that was appended again: the mark of its replay, and the revision of its retry (0: no retry).
 */
interface Repeated {
  readonly replay: ReplayMark | null
  readonly retried: number
}

/**
 * Why a record can't be processed with the configuration of this process: an older one may not know its connection, or
 * map it differently. Throws `concurrent_change` while the needed one is on its way. One that does not arrive holds up
 * no other record: only this record is set aside (Guarantee 5).
 */
async function lackingConfiguration(
  view: BatchView,
  event: ProcessedEvent,
  { replay, retried }: Repeated,
  connections: readonly Connection[],
): Promise<StreamError | undefined> {
  const here = view.configuration.revision
  const asked = Math.max(replay?.revision ?? 0, retried)
  const needed = asked > here ? asked : null
  if (needed === null && !isNewer(event, connections)) return undefined
  const newer = await view.newer(needed)
  const what = replay === null ? event.eventId : `${event.eventId}, replayed by ${replay.replayId},`
  const which = needed === null ? 'a newer configuration' : `revision ${needed} of the configuration`
  if (newer === 'coming') {
    throw new StreamError('concurrent_change', `${what} waits for ${which}; this process has revision ${here}`)
  }
  if (newer === 'overdue') {
    const message = `${what} needs ${which}, which did not arrive in time; the log says why: fix that, then retry`
    return new StreamError('configuration_missing', message)
  }
  // Made by a connection that was removed or changed back, or requested before a restore: no newer configuration will
  // arrive.
  if (needed === null || replay === null) return undefined
  const message = `${what} needs ${which}, which does not exist: discard it, then replay with the current configuration`
  return new StreamError('configuration_missing', message)
}

/** A record of the batch, and what all its results have in common. */
interface Handled {
  readonly record: LogRecord
  readonly event: ProcessedEvent
  readonly entity: Entity
  readonly places: ResultPlaces
}

/** True: the connection is paused and gets no output of this event for now. */
function decide<S>(decision: Decision, handled: Handled, view: BatchView, work: Work<S>): boolean {
  const { connection, status } = decision
  const { record, event, entity } = handled
  const error = decision.status === 'failed' ? decision.error : null
  const end =
    decision.status === 'failed'
      ? failedEnd(decision.error)
      : { status, code: decision.code, message: decision.message, targetId: null }
  if (status === 'ignored' || status === 'superseded') {
    work.results.push(processedResult(handled, connection, end))
    return false
  }
  let why = work.alarms.get(connection) ?? view.paused(connection)
  if (why === undefined && view.isWrong(connection, sourceKey(event), error) && error !== null) {
    work.alarms.set(connection, error)
    why = error
  }
  if (why === undefined) {
    work.results.push(processedResult(handled, connection, end))
    if (error !== null) work.failures.push({ record, event, connection, error })
    return false
  }
  const { code, message } = why
  const about = aboutEvent(entity, event, connection)
  const waits = { attempts: 0, firstAt: view.now, code, message }
  work.parked.push(parkedRecord(record, about, { key: sourceKey(event), rank: versionRank(event) }, waits))
  work.results.push(stageResult(about, { status: 'waiting', code, message, targetId: null }, handled.places))
  return true
}

function failedEnd({ code, message }: StreamError): ResultEnd {
  return { status: 'failed', code, message, targetId: null }
}

function processedResult({ entity, event, places }: Handled, connection: string, end: ResultEnd): StageResult {
  return stageResult(aboutEvent(entity, event, connection), end, places)
}

/** Connection of an event that a processor makes; each event has one. */
function connectionOf({ event }: Output): string {
  return 'connection' in event ? (event.connection ?? '') : ''
}

/** The connections of an event: a mapped row has one; an event of a read has those that subscribe to the read. */
function concerned(configuration: Configuration, event: ProcessedEvent, kind: ProcessedKind): Connection[] {
  if ('connection' in event) return configuration.connections.filter(({ id }) => id === event.connection)
  return subscribers(configuration, event.source, entityOf(kind))
}

/**
 * A mapped row may come from a configuration that this process does not have yet: its connection is new, or pushes now.
 */
function isNewer(event: ProcessedEvent, [connection]: readonly Connection[]): boolean {
  return 'connection' in event && (connection === undefined || connection.revision < event.mappingRevision)
}

function subscribers(configuration: Configuration, source: string, entity: Entity): Connection[] {
  const system = configuration.systems.find(({ id }) => id === source)
  const reads = new Set(system?.reads.filter((read) => read.entity === entity).map(({ id }) => id))
  return configuration.connections.filter((connection) => connection.reads.some((read) => reads.has(read)))
}

/** Positions of the event, and of the source event that it was made from. */
function placesOf(record: LogRecord, kind: ProcessedKind): ResultPlaces {
  return kind === entityOf(kind) ? { source: placeOf(record), mapped: null } : mappedPlaces(record)
}
