import type { Batch, Consumer, EachBatchPayload, IHeaders, Kafka, KafkaMessage } from 'kafkajs'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Assignment, ConsumeOptions, LogBatch, LogConsumption, LogHeader, LogRecord } from './event-log.ts'
import { asksToRejoin, endsSession, fromKafkajs, protocolType } from './kafkajs-errors.ts'
import { staticMember } from './kafkajs-static-member.ts'
import { createSession, type Session } from './session.ts'
import { COORDINATOR_MOVES, whileMoving } from './while-moving.ts'

const SESSION_TIMEOUT_MS = 15_000
/** Part of the session time-out for which a heartbeat counts; the rest is more than a heartbeat takes. */
const FRESH_PART = 2 / 3
const HEARTBEAT_MS = 1_000
/** How long a fetch waits at the end of its partitions; a rebalance waits for it too. */
const FETCH_WAIT_MS = 1_000
const PARTITION_BYTES = 1024 * 1024
const PARTITIONS_AT_ONCE = 4
/** The next fetch waits for the batches of this one, so one fetch holds a batch for each partition worked on. */
const FETCH_BYTES = PARTITIONS_AT_ONCE * PARTITION_BYTES
/** Wait after a failed batch, so that a handler that always fails doesn't spin. */
const AGAIN_AFTER_MS = 250

/** How a member identifies itself to its groups, and its time-out. */
export interface Membership {
  /** How long a member may send no heartbeat before others get its partitions; 15 s by default, at least 6 s. */
  readonly sessionTimeoutMs?: number
  /** Name that the process keeps over restarts; see `staticMember`. Without it, each start is a new member. */
  readonly instanceId?: string | null
}

interface Consumption {
  readonly options: ConsumeOptions
  readonly logger: Logger
  readonly sessionTimeoutMs: number
  session: Session | undefined
  /** Ends when it is known where the assigned partitions begin; null: it is. */
  starting: Promise<void> | null
  /** Error that stopped it from joining the group; after joining, errors go to the runtime. */
  refused: unknown
  closing: boolean
}

/** Joins the group and delivers batches until it is closed or fails. */
export async function consume(
  kafka: Kafka,
  options: ConsumeOptions,
  logger: Logger,
  membership: Membership,
): Promise<LogConsumption> {
  try {
    return await whileMoving(COORDINATOR_MOVES, () => join(kafka, options, logger, membership))
  } catch (error) {
    throw fromKafkajs(error, `joining the group ${options.group}`)
  }
}

async function join(
  kafka: Kafka,
  options: ConsumeOptions,
  logger: Logger,
  { sessionTimeoutMs = SESSION_TIMEOUT_MS, instanceId = null }: Membership,
): Promise<LogConsumption> {
  const config = {
    groupId: options.group,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    maxBytes: FETCH_BYTES,
    maxBytesPerPartition: PARTITION_BYTES,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 200, maxRetryTime: 3_000, retries: 7, restartOnFailure: async () => false },
  }
  const consumer = instanceId === null ? kafka.consumer(config) : staticMember(kafka, instanceId, config)
  const state: Consumption = {
    options,
    logger,
    sessionTimeoutMs,
    session: undefined,
    starting: null,
    refused: undefined,
    closing: false,
  }
  followSession(consumer, state)
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...options.topics], fromBeginning: options.from === 'earliest' })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: (payload) => handleBatch(payload, state),
    })
    if (state.refused !== undefined) throw state.refused
  } catch (error) {
    await consumer.disconnect().catch(() => undefined)
    throw error
  }
  return {
    owns: (topic, partition) => !state.closing && (state.session?.owns(topic, partition) ?? false),
    async close() {
      state.closing = true
      await consumer.disconnect().catch((error: unknown) => {
        throw fromKafkajs(error, `leaving the group ${options.group}`)
      })
      state.session?.end()
    },
  }
}

function followSession(consumer: Consumer, state: Consumption): void {
  const end = () => state.session?.end()
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    end()
    const partitions = new Map(Object.entries(payload.memberAssignment))
    const session = createSession(partitions, state.sessionTimeoutMs * FRESH_PART, () => performance.now())
    state.session = session
    state.options.onAssigned?.(partitions)
    state.starting = begin(consumer, partitions, state, session)
  })
  consumer.on(consumer.events.HEARTBEAT, () => state.session?.confirm())
  consumer.on(consumer.events.REBALANCING, end)
  consumer.on(consumer.events.STOP, end)
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    end()
    if (state.session === undefined && COORDINATOR_MOVES.includes(protocolType(payload.error) ?? '')) {
      state.refused = payload.error
    } else if (!state.closing) state.options.onFailure(fromKafkajs(payload.error, `consuming as ${payload.groupId}`))
  })
}

/** Seeks the partitions that the group has no committed offset of. Never rejects: without an answer, the consumer fails. */
async function begin(consumer: Consumer, partitions: Assignment, state: Consumption, session: Session): Promise<void> {
  const isCurrent = () => state.session === session && !state.closing
  try {
    const starts = (await state.options.startAt?.(partitions)) ?? new Map<string, ReadonlyMap<number, bigint>>()
    if (!isCurrent()) return
    for (const [topic, offsets] of starts) {
      for (const [partition, offset] of offsets) consumer.seek({ topic, partition, offset: String(offset) })
    }
    state.starting = null
  } catch (error) {
    if (!isCurrent()) return
    state.closing = true
    session.end()
    // Not awaited: it waits for batches, and they wait for this.
    const left = consumer.disconnect().catch(() => undefined)
    void left.then(() => state.options.onFailure(error))
  }
}

/**
 * Throws nothing into kafkajs: kafkajs fetches unresolved records again, and its own heartbeat after the batch detects
 * a rebalance and joins again.
 */
async function handleBatch(payload: EachBatchPayload, state: Consumption): Promise<void> {
  const { session, options, logger } = state
  const { topic, partition } = payload.batch
  // A batch may have been fetched under an earlier assignment (Guarantee 4).
  if (state.closing || session === undefined || !session.owns(topic, partition)) return
  if (state.starting !== null) return await untilFetchedAgain(state.starting)
  try {
    await options.onBatch(logBatch(payload, session))
  } catch (error) {
    if (!session.owns(topic, partition)) return
    logger.warn({ group: options.group, topic, partition, err: error }, 'a batch failed and will be redelivered')
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
  }
}

/**
 * Until it is known where the partition begins, a batch may be from elsewhere: kafkajs fetches it again when the handler
 * returns. That is soon, as kafkajs sends its heartbeats between batches.
 */
async function untilFetchedAgain(starting: Promise<void>): Promise<void> {
  await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))])
}

function logBatch(payload: EachBatchPayload, session: Session): LogBatch {
  const { batch } = payload
  const { topic, partition } = batch
  const owned = () => session.owns(topic, partition)
  return {
    topic,
    partition,
    records: batch.messages.map((message) => toRecord(batch, message)),
    highWatermark: BigInt(batch.highWatermark),
    owned,
    async heartbeat() {
      try {
        await payload.heartbeat()
      } catch (error) {
        if (endsSession(error)) session.end()
        if (endsSession(error) || asksToRejoin(error)) throw partitionLostError(topic, partition, error)
        throw fromKafkajs(error, 'sending a heartbeat')
      }
    },
    async commit(offset) {
      if (!owned()) throw partitionLostError(topic, partition)
      const offsets = { topics: [{ topic, partitions: [{ partition, offset: String(offset) }] }] }
      try {
        await payload.commitOffsetsIfNecessary(offsets)
      } catch (error) {
        if (!endsSession(error) && !asksToRejoin(error)) throw fromKafkajs(error, 'committing')
        session.end()
        throw partitionLostError(topic, partition, error)
      }
      if (owned()) payload.resolveOffset(String(offset - 1n))
    },
  }
}

function partitionLostError(topic: string, partition: number, cause?: unknown): StreamError {
  return new StreamError('stopping', `another member owns or gets partition ${partition} of ${topic}`, { cause })
}

/** Converts a record of kafkajs to one of the port. */
export function toRecord({ topic, partition }: Pick<Batch, 'topic' | 'partition'>, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: Object.entries(message.headers ?? {}).flatMap(([key, value]) => toHeaders(key, value)),
  }
}

/** kafkajs gives a list where a name is repeated, and null for a header without value. */
function toHeaders(key: string, value: IHeaders[string] | null): LogHeader[] {
  if (Array.isArray(value)) return value.map((one) => ({ key, value: Buffer.from(one) }))
  return [{ key, value: value === undefined || value === null ? null : Buffer.from(value) }]
}
