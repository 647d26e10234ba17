import type { Entity } from '../../events/topics.ts'
import type { Page, ReadEntity, UnreadableEntity } from '../kit/source.ts'
import type { Wire } from '../kit/wire.ts'
import type { SqsMessage } from './client.ts'
import { parseMessage } from './message.ts'

/** How a message is read. */
export interface MessageReading<E extends Entity> {
  readonly keyOf: (wire: Wire) => string | null
  readonly toEntity: (message: SqsMessage) => ReadEntity<E>
}

/** Messages as a page. Of a key the newest is the last: it is the one of a page that is published. */
export function pageOf<E extends Entity>(
  messages: readonly SqsMessage[],
  requestedAt: number,
  { keyOf, toEntity }: MessageReading<E>,
): Page<E> {
  const entities: ReadEntity<E>[] = []
  const unreadable: UnreadableEntity[] = []
  // In the order in which they came to the queue, then by the shop's own time: of a key, the last one of a page counts.
  for (const message of messages.toSorted((a, b) => a.sentAt - b.sentAt)) {
    try {
      entities.push(toEntity(message))
    } catch (error) {
      unreadable.push({ key: keyIn(message, keyOf), error, raw: message.body })
    }
  }
  const newestLast = entities.toSorted((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0))
  const changes = newestLast.map(({ key, occurredAt }) => ({ key, changedAt: String(occurredAt) }))
  const rows = [...changes, ...unreadable.map(({ key }) => ({ key, changedAt: '' }))]
  const last = messages.at(-1)
  const reached = { changedAt: new Date(last?.sentAt ?? 0).toISOString(), id: last?.id ?? '' }
  return { entities: newestLast, unreadable, rows, reached, requestedAt, joins: 'last' }
}

/** A message that does not name its entity is known by its own id. */
function keyIn({ id, body }: SqsMessage, keyOf: (wire: Wire) => string | null): string {
  try {
    return keyOf(parseMessage(body)) ?? `message ${id}`
  } catch {
    return `message ${id}`
  }
}
