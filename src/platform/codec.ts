import type { TopicEvents, TopicKind } from '../events/topics.ts'

/**
 * Events to and from Avro in Confluent framing. `decode` reads any compatible writer's schema by its id;
 * it throws `value_missing` for no bytes, `value_undecodable` for bytes that are no such event, `time_invalid` for a time
 * that no calendar has (as `encode` does), and `registry_unavailable` when the registry does not answer, which says
 * nothing about the record. Results within a `sync-status` event are as they came.
 */
export interface EventCodec {
  encode<K extends TopicKind>(kind: K, event: TopicEvents[K]): Buffer
  decode<K extends TopicKind>(kind: K, value: Buffer | null): Promise<TopicEvents[K]>
  /** How what events say of persons is kept; a codec without keeps it in clear. */
  readonly persons?: PersonSeals
}

/** Keeps what is said of persons under keys that can be destroyed. */
export interface PersonSeals {
  /**
   * Has at hand what `encode` needs to keep what these events say of persons under their keys, and answers them as they may
   * be kept: of a person who is forgotten nothing is said any more. To be called before digests are made, and before events
   * are encoded that were made of others.
   */
  admit<K extends TopicKind, E extends PersonalPart<K>>(kind: K, events: readonly E[]): Promise<readonly E[]>
  /** As `decode`, with what is sealed left so: for whoever needs nothing of persons. Their fields are blank, or in clear. */
  leaveSealed<K extends TopicKind>(kind: K, value: Buffer | null): Promise<TopicEvents[K]>
  /** What a source gave of an entity that no event could be made of, kept as the events of its kind are. */
  seal(about: UnreadEntity, original: Buffer): Promise<Buffer>
  /** What was sealed; null: its person is forgotten. Bytes that were not are answered as they are. */
  open(bytes: Buffer): Promise<Buffer | null>
}

/** What of an event says whose it is. */
export type PersonalPart<K extends TopicKind> = Pick<
  TopicEvents[K],
  keyof TopicEvents[K] & ('source' | 'key' | 'data' | 'readAt')
>

/** `at`: when it was read, epoch milliseconds. */
export interface UnreadEntity {
  readonly kind: TopicKind
  readonly source: string
  readonly key: string
  readonly at: number
}
