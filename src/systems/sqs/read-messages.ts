import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { TopicEvents } from '../../events/topics.ts'
import type { ReadWindow, SourceReader } from '../kit/source.ts'
import type { Wire } from '../kit/wire.ts'
import type { SourceContext } from '../system.ts'
import { SQS_BATCH, type SqsClient, type SqsMessage } from './client.ts'
import { discardQueue, isEmpty, leftIn } from './drain.ts'
import { handlesOf, keepHidden } from './hide-messages.ts'
import type { DecodedMessage, MessageContext } from './message.ts'
import { type MessageReading, pageOf } from './message-page.ts'
import { checkQueueUrl } from './queue-address.ts'
import { type QueuedEntity, type QueueSettings, queueSettings, type SqsValues } from './settings.ts'

/** How the messages of an entity are read. */
export interface MessageKind<E extends QueuedEntity> {
  readonly entity: E
  /** Read before decoding, so that a dead letter has the key too. */
  readonly keyOf: (wire: Wire) => string | null
  readonly decode: (wire: Wire, context: MessageContext, read: Read) => DecodedMessage<TopicEvents[E]['data']>
}

/** Makes SQS ask all its servers: no message in this time means that none is available. */
const WAIT_SECONDS = 1
/**
 * A run ends at messages that arrived later than this after its start; a queue under constant writes is left to the
 * next run.
 */
const LATE_MS = 60_000

/**
 * Reads the messages of a queue. Messages are deleted when the next page is requested: by then their page is
 * acknowledged and recorded (Guarantee 1). Until then they are hidden from others, and they are redelivered if this
 * reader stops earlier. Digest and version detect messages that are redelivered, sent twice or out of order. With
 * `queueUrl`, a request named the queue: it is read until it is empty, including messages that others hold, and can
 * then be discarded.
 */
export function readSqsMessages<E extends QueuedEntity>(
  { client, clock, read, system, queueUrl }: SourceContext<SqsClient, SqsValues>,
  { entity, keyOf, decode }: MessageKind<E>,
): SourceReader<E> {
  const settings = queueSettings(system, entity, read)
  const queue = once((signal) => resolveQueue(client, system.id, settings, queueUrl, signal))
  const { currency, visibilitySeconds, quietSeconds } = settings
  const readingAt = (receivedAt: number): MessageReading<E> => ({
    keyOf,
    toEntity({ wire, raw, sentAt }, message) {
      const context = { zone: system.zone, receivedAt, sentAt: sentAt ?? message.sentAt, currency }
      return { ...decode(wire, context, read), deleted: false, raw }
    },
  })
  const hold = { client, clock, visibilitySeconds }
  const drain = { client, clock, patienceMs: (visibilitySeconds + WAIT_SECONDS) * 1000 }
  const discarding = { client, clock, quietSeconds, waitSeconds: WAIT_SECONDS }
  return {
    name: `sqs.${entity}`,
    entity,
    async *read(_window, _after, signal) {
      const from = await queue(signal)
      const begunAt = clock.now()
      for (let lastAt = begunAt; ; ) {
        const requestedAt = clock.now()
        const messages = await gather(client, from, settings, read.pageSize, signal)
        if (messages.length === 0) {
          const ended = queueUrl === null || (await isEmpty(drain, from, lastAt, signal))
          if (ended) return
          continue
        }
        const page = pageOf(messages, requestedAt, readingAt(requestedAt))
        yield* keepHidden(hold, from, messages, page, signal)
        await client.remove(from, handlesOf(messages), signal)
        lastAt = clock.now()
        if (messages.every(({ sentAt }) => sentAt >= begunAt + LATE_MS)) return
      }
    },
    ...(queueUrl === null
      ? {}
      : {
          async *list(_window: ReadWindow, signal: AbortSignal) {
            yield await leftIn(client, await queue(signal), signal)
          },
          discard: async (signal: AbortSignal) => await discardQueue(discarding, await queue(signal), signal),
        }),
  }
}

/** The queue's URL: the requested one, the configured one by its name, or the system's address. */
async function resolveQueue(
  client: SqsClient,
  system: string,
  { queue }: QueueSettings,
  asked: string | null,
  signal: AbortSignal,
): Promise<string> {
  if (asked !== null) return checkQueueUrl(client.address, asked)
  if (queue !== null) {
    return await client.queueUrl(queue, signal).catch((error: unknown) => {
      if (!(error instanceof StreamError) || error.code !== 'not_found') throw error
      const message = `system ${system}: queue "${queue}" does not exist; create it, or correct the setting that names it`
      throw new StreamError('configuration_invalid', message, { field: 'settings' })
    })
  }
  if (client.ownQueue !== null) return client.ownQueue
  const message = `system ${system} (sqs): no queue is configured; set settings.<entity>Queue, or use a queue's URL as the address`
  throw new StreamError('configuration_invalid', message, { field: 'settings' })
}

function once<T>(make: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let made: T | undefined
  return async (signal) => (made ??= await make(signal))
}

/** Collects up to a page of distinct messages: one call returns at most ten. */
async function gather(
  client: SqsClient,
  queue: string,
  { visibilitySeconds }: QueueSettings,
  pageSize: number,
  signal: AbortSignal,
): Promise<readonly SqsMessage[]> {
  const found = new Map<string, SqsMessage>()
  for (;;) {
    const limit = Math.min(SQS_BATCH, pageSize - found.size)
    const waitSeconds = found.size === 0 ? WAIT_SECONDS : 0
    const messages = await client.receive(queue, { limit, waitSeconds, visibilitySeconds }, signal)
    for (const message of messages) found.set(message.id, message)
    if (messages.length < limit || found.size >= pageSize) return [...found.values()]
  }
}
