import kafkajs from 'kafkajs'
import { StreamError } from '../../errors.ts'

// Node finds no names of kafkajs' errors to import by: the module makes them at run time.
const {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSSASLAuthenticationError,
} = kafkajs

const TOO_LARGE: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
/** What the broker answers to a member that is none any more, or of an earlier generation. */
const NOT_A_MEMBER: readonly string[] = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']

/** Kafka's name of the error, for example `MESSAGE_TOO_LARGE`; undefined for what is no answer of a broker. */
export function protocolType(error: unknown): string | undefined {
  if (error instanceof KafkaJSProtocolError) return error.type
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? undefined : protocolType(cause)
}

/** The errors of several topics that kafkajs threw as one; the error itself when it is none of these. */
export function errorsOf(error: unknown): readonly unknown[] {
  return error instanceof KafkaJSAggregateError ? error.errors : [error]
}

/** True when the error says that the session is over and the partitions may be another member's. */
export function endsSession(error: unknown): boolean {
  return NOT_A_MEMBER.includes(protocolType(error) ?? '')
}

/** True when the broker asks the members to join again; until they do, the partitions are theirs. */
export function asksToRejoin(error: unknown): boolean {
  return protocolType(error) === 'REBALANCE_IN_PROGRESS'
}

/** Whatever kafkajs threw, as a StreamError: `value_too_large`, `instance_taken`, else `broker_unavailable`. */
export function fromKafkajs(error: unknown, doing: string): StreamError {
  if (error instanceof StreamError) return error
  if (TOO_LARGE.includes(protocolType(error) ?? '')) {
    return new StreamError('value_too_large', `${doing}: a record is larger than the topic's max.message.bytes`, {
      cause: error,
    })
  }
  if (protocolType(error) === 'FENCED_INSTANCE_ID') {
    const way = 'give each process its own, end the other one, and start this one again'
    return new StreamError('instance_taken', `${doing}: another process has its KAFKA_INSTANCE_ID; ${way}`, {
      cause: error,
    })
  }
  return new StreamError('broker_unavailable', `${doing}: ${reason(error)}`, { cause: error })
}

function reason(error: unknown): string {
  if (error instanceof KafkaJSSASLAuthenticationError) {
    return 'the broker refused the credentials; check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD'
  }
  if (error instanceof KafkaJSNumberOfRetriesExceeded && error.cause instanceof Error) return reason(error.cause)
  if (error instanceof KafkaJSConnectionError) return `no connection to Kafka (KAFKA_BROKERS): ${error.message}`
  if (error instanceof KafkaJSError) return `Kafka: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

/** Does the call; what it throws is thrown as an error of ours. `doing` says what failed. */
export async function guarded<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromKafkajs(error, doing)
  }
}
