import type { TopicEvents, TopicKind } from '../events/topics.ts'

/**
 * Events to and from Avro in Confluent framing. `decode` reads any compatible writer's schema by its id;
 * it throws `value_missing` without bytes, `value_undecodable` for bytes that are not a valid event of the kind,
 * `time_invalid` for a time outside the range of dates (as `encode` does), and `registry_unavailable` when the registry
 * does not answer, which says nothing about the record. Results within a `sync-status` event are unchanged.
 */
export interface EventCodec {
  encode<K extends TopicKind>(kind: K, event: TopicEvents[K]): Buffer
  decode<K extends TopicKind>(kind: K, value: Buffer | null): Promise<TopicEvents[K]>
  /** Seals personal data in events; a codec without it writes personal data in clear. */
  readonly persons?: PersonSeals
}

/** Encrypts personal data with keys that can be destroyed. */
export interface PersonSeals {
  /**
   * Loads the keys that `encode` needs to seal the personal data of these events, and returns the events as they may be
   * stored: without the data of forgotten persons. Call it before making digests, and before encoding events that were
   * made from others.
   */
  admit<K extends TopicKind, E extends PersonalPart<K>>(kind: K, events: readonly E[]): Promise<readonly E[]>
  /**
   * Like `decode`, but does not open sealed fields, for callers that need no personal data: they are blank, or in
   * clear.
   */
  leaveSealed<K extends TopicKind>(kind: K, value: Buffer | null): Promise<TopicEvents[K]>
  /** Seals a source's original of an entity that could not be turned into an event, like the events of its kind. */
  seal(about: UnreadEntity, original: Buffer): Promise<Buffer>
  /** Opens sealed bytes; null: the person is forgotten. Returns bytes that are not sealed unchanged. */
  open(bytes: Buffer): Promise<Buffer | null>
}

/** The fields of an event that identify its person. */
export type PersonalPart<K extends TopicKind> = Pick<
  TopicEvents[K],
  keyof TopicEvents[K] & ('source' | 'key' | 'data' | 'readAt')
>

/** An entity that could not be turned into an event. `at`: when it was read, milliseconds UTC. */
export interface UnreadEntity {
  readonly kind: TopicKind
  readonly source: string
  readonly key: string
  readonly at: number
}
