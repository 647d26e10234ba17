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
}
