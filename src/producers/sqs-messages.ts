import type { Read, System } from '../core/model.ts'
import { StreamError } from '../errors.ts'
import type { Entity, TopicEvents } from '../events/topics.ts'
import type { Clock } from '../platform/clock.ts'
import { checkQueueUrl } from '../platform/queue-address.ts'
import { SQS_BATCH, type SqsClient, type SqsMessage } from '../systems/sqs/client.ts'
import { type DecodedMessage, type MessageContext, parseMessage } from '../systems/sqs/message.ts'
import { type QueueSettings, queueSettings } from '../systems/sqs/settings.ts'
import type { Wire } from '../systems/wire.ts'
import type { Page, ReadEntity, ReadWindow, SourceReader, UnreadableEntity } from './source.ts'
import { discardQueue, isEmpty, leftIn } from './sqs-drain.ts'

/** How the messages of an entity are read. */
export interface MessageKind<E extends Entity> {
  readonly entity: E
  /** Known before it is decoded, so that also a dead letter has it. */
  readonly keyOf: (wire: Wire) => string | null
  readonly decode: (wire: Wire, context: MessageContext, read: Read) => DecodedMessage<TopicEvents[E]['data']>
}

export interface QueueDeps {
  readonly client: SqsClient
  readonly clock: Clock
}

/** Asks all of SQS's servers: when nothing comes in that time, there is nothing to be had. */
const WAIT_SECONDS = 1
/** A run takes what came until so long after its begin; a queue that is always written to is left to the next run. */
const LATE_MS = 60_000

/**
 * The messages of a queue. One is deleted only when it is asked for more: by then the page it was of is acknowledged and
 * noted (Guarantee 1); until then it is hidden from others, and comes again when this reader ends before. What comes again,
 * is sent twice or out of order is told by digest and version. With `queueUrl`, a request named the queue: it is read until
 * it is empty, also of what others hold, and can be discarded.
 */
export function sqsMessages<E extends Entity>(
  { client, clock }: QueueDeps,
  { entity, keyOf, decode }: MessageKind<E>,
  read: Read,
  system: Pick<System, 'id' | 'zone' | 'settings'>,
  queueUrl: string | null,
): SourceReader<E> {
  const settings = queueSettings(system, read)
  const queue = once((signal) => resolveQueue(client, system.id, settings, queueUrl, signal))
  const toEntity = ({ message, requestedAt }: Received): ReadEntity<E> => {
    const { id: _, sentAt } = message
    const context = { zone: system.zone, receivedAt: requestedAt, sentAt, currency: settings.currency }
    return { ...decode(parseMessage(message.body), context, read), deleted: false, raw: message.body }
  }
  const toPage = (messages: readonly SqsMessage[], requestedAt: number): Page<E> =>
    pageOf(messages, requestedAt, { keyOf, toEntity })
  const drain = { client, clock, patienceMs: (settings.visibilitySeconds + WAIT_SECONDS) * 1000 }
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
        yield* taken({ client, clock, settings }, from, messages, toPage(messages, requestedAt), signal)
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
          discard: async (signal: AbortSignal) => {
            const { quietSeconds } = settings
            return await discardQueue(
              { client, clock, quietSeconds, waitSeconds: WAIT_SECONDS },
              await queue(signal),
              signal,
            )
          },
        }),
  }
}

interface Received {
  readonly message: SqsMessage
  readonly requestedAt: number
}

/** The queue's URL: the one that was asked for, the configured one by its name, or the system's address. */
async function resolveQueue(
  client: SqsClient,
  system: string,
  { queue }: QueueSettings,
  asked: string | null,
  signal: AbortSignal,
): Promise<string> {
  if (asked !== null) return checkQueueUrl(client.address, asked)
  if (queue !== null) {
    const found = await client.queueUrl(queue, signal).catch((error: unknown) => {
      if (!(error instanceof StreamError) || error.code !== 'not_found') throw error
      const message = `system ${system}: there is no queue "${queue}"; create it, or correct the setting that names it`
      throw new StreamError('configuration_invalid', message, { field: 'settings' })
    })
    return found
  }
  if (client.ownQueue !== null) return client.ownQueue
  const message = `system ${system} (sqs): no queue is named; set settings.<entity>Queue, or give a queue's address`
  throw new StreamError('configuration_invalid', message, { field: 'settings' })
}

function once<T>(make: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let made: T | undefined
  return async (signal) => (made ??= await make(signal))
}

/** Up to a page of messages, each once: a call gives ten at most. */
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

function pageOf<E extends Entity>(
  messages: readonly SqsMessage[],
  requestedAt: number,
  { keyOf, toEntity }: { readonly keyOf: MessageKind<E>['keyOf']; readonly toEntity: (one: Received) => ReadEntity<E> },
): Page<E> {
  const entities: ReadEntity<E>[] = []
  const unreadable: UnreadableEntity[] = []
  // In the order in which they came to the queue, then by the shop's own time: of a key, the last one of a page counts.
  for (const message of messages.toSorted((a, b) => a.sentAt - b.sentAt)) {
    try {
      entities.push(toEntity({ message, requestedAt }))
    } catch (error) {
      unreadable.push({ key: keyIn(message, keyOf), error, raw: message.body })
    }
  }
  const newestLast = entities.toSorted((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0))
  const changes = newestLast.map(({ key, occurredAt }) => ({ key, changedAt: String(occurredAt) }))
  const rows = [...changes, ...unreadable.map(({ key }) => ({ key, changedAt: '' }))]
  const last = messages.at(-1)
  const reached = { changedAt: new Date(last?.sentAt ?? 0).toISOString(), id: last?.id ?? '' }
  return { entities: newestLast, unreadable, rows, reached, requestedAt }
}

/** A message that does not tell which entity it is of is known by its own id. */
function keyIn({ id, body }: SqsMessage, keyOf: (wire: Wire) => string | null): string {
  try {
    return keyOf(parseMessage(body)) ?? `message ${id}`
  } catch {
    return `message ${id}`
  }
}

function handlesOf(messages: readonly SqsMessage[]): string[] {
  return messages.map(({ handle }) => handle)
}

/** How often messages are hidden anew within the time they are hidden for: one call may fail. */
const EXTENSIONS = 3
const GIVE_BACK_MS = 5_000

/** Gives the page and keeps its messages hidden until more is asked for; when nothing more is, they are given back. */
async function* taken<P>(
  { client, clock, settings }: QueueDeps & { readonly settings: QueueSettings },
  queue: string,
  messages: readonly SqsMessage[],
  page: P,
  signal: AbortSignal,
): AsyncGenerator<P> {
  const { visibilitySeconds } = settings
  const ended = new AbortController()
  const extend = async () => {
    while (!ended.signal.aborted) {
      await clock.sleep((visibilitySeconds * 1000) / EXTENSIONS, ended.signal).catch(() => undefined)
      // One that fails is made up for by the next; what comes again meanwhile is unchanged.
      if (!ended.signal.aborted)
        await client.hide(queue, handlesOf(messages), visibilitySeconds, signal).catch(() => {})
    }
  }
  const extending = extend()
  let more = false
  try {
    yield page
    more = true
  } finally {
    ended.abort()
    await extending
    if (!more) await giveBack(client, queue, messages)
  }
}

/** For whoever goes on with it; without it they come again by themselves, later. */
async function giveBack(client: SqsClient, queue: string, messages: readonly SqsMessage[]): Promise<void> {
  await client.hide(queue, handlesOf(messages), 0, AbortSignal.timeout(GIVE_BACK_MS)).catch(() => undefined)
}
