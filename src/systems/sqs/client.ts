import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CallKind } from '../../platform/governor/governor.ts'
import type { Governors } from '../../platform/governor/governors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import type { SystemCheck } from '../kit/system-check.ts'
import { type Calls, governed, type SqsSettings } from './calls.ts'

/** Most messages that SQS returns or deletes in one call. */
export const SQS_BATCH = 10

/** A received message. `handle` belongs to this receipt; it deletes the message or hides it for longer. */
export interface SqsMessage {
  readonly id: string
  readonly body: string
  readonly handle: string
  /** When it reached the queue, milliseconds UTC. */
  readonly sentAt: number
}

/** Approximate number of messages in a queue: AWS's counts may be a minute late. */
export interface QueueCounts {
  readonly visible: number
  /** Received by any consumer and not yet deleted. */
  readonly inFlight: number
  readonly delayed: number
}

export interface ReceiveOptions {
  readonly limit: number
  /** 0 asks only some of SQS's servers, so an empty response does not mean that the queue is empty. */
  readonly waitSeconds: number
  readonly visibilitySeconds: number
}

/** The part of SQS that is used. All methods throw StreamErrors; `not_found` for a missing queue. */
export interface SqsClient {
  readonly address: string
  readonly ownQueue: string | null
  queueUrl(name: string, signal: AbortSignal): Promise<string>
  receive(queueUrl: string, options: ReceiveOptions, signal: AbortSignal): Promise<readonly SqsMessage[]>
  /** Deletes messages. One that can't be deleted is delivered again. */
  remove(queueUrl: string, handles: readonly string[], signal: AbortSignal): Promise<void>
  /** Hides messages from other consumers for so many seconds from now; 0 makes them visible at once. */
  hide(queueUrl: string, handles: readonly string[], seconds: number, signal: AbortSignal): Promise<void>
  counts(queueUrl: string, signal: AbortSignal): Promise<QueueCounts>
  deleteQueue(queueUrl: string, signal: AbortSignal): Promise<void>
  /** The same client, making calls with the priority of this kind. */
  for(kind: CallKind): SqsClient
  /** The cheapest call that needs the credentials. */
  check(signal: AbortSignal): Promise<SystemCheck>
}

interface Deps {
  readonly clock: Clock
  readonly logger: Logger
  readonly governors: Governors
  readonly network: NetworkRules
}

export function createSqsClient(settings: SqsSettings, { clock, logger, governors, network }: Deps): SqsClient {
  const endpoint = new URL(settings.endpoint)
  network.assertUrl(endpoint)
  network.assertSecret(endpoint)
  const agent = { keepAlive: true, lookup: network.lookup(endpoint) }
  const sdk = new SQSClient({
    region: settings.region,
    // With a fixed endpoint, a queue's URL never decides where a signed request goes.
    endpoint: settings.endpoint,
    useQueueUrlAsEndpoint: false,
    ...(settings.credentials === null ? {} : { credentials: settings.credentials }),
    // The caller decides about retries: it knows whether a second call does harm.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, httpAgent: agent, httpsAgent: agent },
  })
  const governor = governors.of(`sqs ${settings.account}`, settings.limits)
  const calls: Calls = { sdk, settings, governor, logger, now: () => clock.now(), kind: 'orders' }
  return clientOver(calls, readDates(sdk))
}

/** SDK results have no headers: this keeps the `Date` of the last response. */
function readDates(sdk: SQSClient): () => number | null {
  let last: number | null = null
  sdk.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> }
      const time = Date.parse(headers?.['date'] ?? '')
      last = Number.isNaN(time) ? null : time
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  return () => last
}

function clientOver(calls: Calls, lastDate: () => number | null): SqsClient {
  const { sdk, settings, logger } = calls
  return {
    address: settings.address,
    ownQueue: settings.ownQueue,
    async queueUrl(QueueName, signal) {
      const what = `GetQueueUrl ${QueueName}`
      const { QueueUrl } = await governed(calls, what, signal, (abortSignal) =>
        sdk.send(new GetQueueUrlCommand({ QueueName }), { abortSignal }),
      )
      return QueueUrl ?? ''
    },
    async receive(QueueUrl, { limit, waitSeconds, visibilitySeconds }, signal) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(limit, SQS_BATCH),
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ['SentTimestamp'],
      })
      const what = `ReceiveMessage ${QueueUrl}`
      const send = (abortSignal: AbortSignal) => sdk.send(command, { abortSignal })
      const { Messages = [] } = await governed(calls, what, signal, send, waitSeconds * 1000)
      return Messages.map(toMessage)
    },
    async remove(QueueUrl, handles, signal) {
      for (const Entries of batches(handles)) {
        const { Failed = [] } = await governed(calls, `DeleteMessageBatch ${QueueUrl}`, signal, (abortSignal) =>
          sdk.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }), { abortSignal }),
        )
        if (Failed.length === 0) continue
        const code = Failed[0]?.Code
        logger.warn(
          { queue: QueueUrl, count: Failed.length, code },
          'messages could not be deleted; SQS delivers them again',
        )
      }
    },
    async hide(QueueUrl, handles, VisibilityTimeout, signal) {
      for (const batch of batches(handles)) {
        const Entries = batch.map((entry) => ({ ...entry, VisibilityTimeout }))
        await governed(calls, `ChangeMessageVisibilityBatch ${QueueUrl}`, signal, (abortSignal) =>
          sdk.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), { abortSignal }),
        )
      }
    },
    async counts(QueueUrl, signal) {
      const AttributeNames = [...COUNTS]
      const { Attributes = {} } = await governed(calls, `GetQueueAttributes ${QueueUrl}`, signal, (abortSignal) =>
        sdk.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }), { abortSignal }),
      )
      const [visible, inFlight, delayed] = COUNTS.map((name) => countOf(QueueUrl, name, Attributes[name]))
      return { visible: visible ?? 0, inFlight: inFlight ?? 0, delayed: delayed ?? 0 }
    },
    async deleteQueue(QueueUrl, signal) {
      await governed(calls, `DeleteQueue ${QueueUrl}`, signal, (abortSignal) =>
        sdk.send(new DeleteQueueCommand({ QueueUrl }), { abortSignal }),
      )
    },
    for: (kind) => clientOver({ ...calls, kind }, lastDate),
    async check(signal) {
      await checkCredentials(calls, signal)
      return { date: lastDate() }
    },
  }
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

/** A missing count is an error and not zero: otherwise a queue with messages could be deleted. */
function countOf(queue: string, name: string, text: string | undefined): number {
  if (text !== undefined && /^\d+$/.test(text)) return Number(text)
  throw new StreamError('target_unavailable', `GetQueueAttributes ${queue} responded without ${name}`)
}

function toMessage({ MessageId, Body, ReceiptHandle, Attributes }: Message): SqsMessage {
  if (MessageId === undefined || ReceiptHandle === undefined) {
    throw new StreamError('target_unavailable', 'ReceiveMessage returned a message without id or receipt handle')
  }
  const sentAt = Number(Attributes?.SentTimestamp ?? Number.NaN)
  if (!Number.isFinite(sentAt)) {
    throw new StreamError('target_unavailable', 'ReceiveMessage returned a message without SentTimestamp')
  }
  return { id: MessageId, body: Body ?? '', handle: ReceiptHandle, sentAt }
}

function batches(handles: readonly string[]): { readonly Id: string; readonly ReceiptHandle: string }[][] {
  const entries = handles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }))
  const count = Math.ceil(entries.length / SQS_BATCH)
  return Array.from({ length: count }, (_, index) => entries.slice(index * SQS_BATCH, (index + 1) * SQS_BATCH))
}

async function checkCredentials(calls: Calls, signal: AbortSignal): Promise<void> {
  const { ownQueue: QueueUrl } = calls.settings
  if (QueueUrl === null) {
    await governed(calls, 'ListQueues', signal, (abortSignal) =>
      calls.sdk.send(new ListQueuesCommand({ MaxResults: 1 }), { abortSignal }),
    )
    return
  }
  await governed(calls, `GetQueueAttributes ${QueueUrl}`, signal, (abortSignal) =>
    calls.sdk.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }), { abortSignal }),
  )
}
