import type { SyncRequested } from '../events/generated/events.ts'
import { digest } from '../events/identity.ts'
import { topicOf } from '../events/topics.ts'
import type { EventCodec } from '../platform/codec.ts'
import type { LogProducer } from '../platform/kafka/event-log.ts'

/** Id of the run that a request makes: readable, and the same for the same request. */
export function taskIdOf(request: Pick<SyncRequested, 'read' | 'requestId' | 'requestedAt'>): string {
  const stamp = new Date(request.requestedAt).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  return `${request.read}.${stamp}-${digest(request.read, request.requestId).slice(0, 8)}`
}

/** Id of a schedule's tick: whichever processes send it, it is one request (and one run). */
export function tickRequestId(read: string, tick: number): string {
  return digest('schedule', read, String(tick))
}

export interface SyncRequester {
  /** Resolves with the run's id when the broker has acknowledged the request. */
  request(
    request: Pick<SyncRequested, 'read' | 'requestId' | 'trigger' | 'requestedAt'> & Partial<SyncRequested>,
  ): Promise<string>
}

/** Appends requests to `sync-requests`, keyed by read, so that the requests of one read are handled in order. */
export function createSyncRequester(deps: {
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly topicPrefix: string
}): SyncRequester {
  return {
    async request(request) {
      const event: SyncRequested = { requestedBy: null, reason: null, from: null, queueUrl: null, ...request }
      const topic = `${deps.topicPrefix}${topicOf('sync-requests')}`
      await deps.producer.send([{ topic, key: event.read, value: deps.codec.encode('sync-requests', event) }])
      return taskIdOf(event)
    },
  }
}
