import type { Entity } from '../../events/topics.ts'
import type { Page, ReadEntity, UnreadableEntity } from '../kit/source.ts'
import type { Wire } from '../kit/wire.ts'
import type { SqsMessage } from './client.ts'
import { openMessage, type Part, type UnreadablePart } from './envelope.ts'

/** How the entities of a message are read. */
export interface MessageReading<E extends Entity> {
  readonly keyOf: (wire: Wire) => string | null
  readonly toEntity: (part: Part, message: SqsMessage) => ReadEntity<E>
}

/** Messages as a page. The newest message of a key comes last: that one is published. */
export function pageOf<E extends Entity>(
  messages: readonly SqsMessage[],
  requestedAt: number,
  { keyOf, toEntity }: MessageReading<E>,
): Page<E> {
  const entities: ReadEntity<E>[] = []
  const unreadable: UnreadableEntity[] = []
  const take = (message: SqsMessage, part: Part | UnreadablePart, name: string): void => {
    try {
      if ('error' in part) throw part.error
      entities.push(toEntity(part, message))
    } catch (error) {
      const key = 'wire' in part ? keyOf(part.wire) : null
      unreadable.push({ key: key ?? name, error, raw: part.raw })
    }
  }
  // Ordered by arrival in the queue, then by the shop's own time: the last message of a key counts.
  for (const message of messages.toSorted((a, b) => a.sentAt - b.sentAt)) {
    const parts = openMessage(message.body)
    // An entity without a key is identified by the message's id and its place in the message.
    for (const [index, part] of parts.entries()) {
      take(message, part, parts.length === 1 ? `message ${message.id}` : `message ${message.id} #${index + 1}`)
    }
  }
  const newestLast = entities.toSorted((a, b) => (a.occurredAt ?? 0) - (b.occurredAt ?? 0))
  const changes = newestLast.map(({ key, occurredAt }) => ({ key, changedAt: String(occurredAt) }))
  const rows = [...changes, ...unreadable.map(({ key }) => ({ key, changedAt: '' }))]
  const last = messages.at(-1)
  const reached = { changedAt: new Date(last?.sentAt ?? 0).toISOString(), id: last?.id ?? '' }
  return { entities: newestLast, unreadable, rows, reached, requestedAt, joins: 'last' }
}
