import kafkajs from 'kafkajs'
import { StreamError } from '../../errors.ts'
import { correctAddress, isUnreachable } from '../loopback.ts'

// Node can't import kafkajs' errors by name: the module creates its exports at run time.
const {
  KafkaJSAggregateError,
  KafkaJSConnectionError,
  KafkaJSError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSSASLAuthenticationError,
} = kafkajs

const TOO_LARGE: readonly string[] = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']
/** The broker's answers to a member that was removed, or that is of an earlier generation. */
const NOT_A_MEMBER: readonly string[] = ['ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID']

/** Kafka's name of the error, for example `MESSAGE_TOO_LARGE`; undefined when no broker answered with it. */
export function protocolType(error: unknown): string | undefined {
  if (error instanceof KafkaJSProtocolError) return error.type
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? undefined : protocolType(cause)
}

/** The errors of several topics that kafkajs threw as one; any other error by itself. */
export function errorsOf(error: unknown): readonly unknown[] {
  return error instanceof KafkaJSAggregateError ? error.errors : [error]
}

/** True when the error says that the session is over and another member may own the partitions. */
export function endsSession(error: unknown): boolean {
  return NOT_A_MEMBER.includes(protocolType(error) ?? '')
}

/** True when the broker asks the members to join again; until they do, they keep their partitions. */
export function asksToRejoin(error: unknown): boolean {
  return protocolType(error) === 'REBALANCE_IN_PROGRESS'
}

/** Converts an error of kafkajs to a StreamError: `value_too_large`, `instance_taken`, else `broker_unavailable`. */
export function fromKafkajs(error: unknown, doing: string): StreamError {
  if (error instanceof StreamError) return error
  const own = streamErrorOf(error)
  if (own !== undefined) return new StreamError(own.code, `${doing}: ${own.message}`, { cause: error })
  if (TOO_LARGE.includes(protocolType(error) ?? '')) {
    return new StreamError('value_too_large', `${doing}: a record is larger than the topic's max.message.bytes`, {
      cause: error,
    })
  }
  if (protocolType(error) === 'FENCED_INSTANCE_ID') {
    const way = 'give each process its own value, stop the other process, and restart this one'
    return new StreamError('instance_taken', `${doing}: another process uses the same KAFKA_INSTANCE_ID; ${way}`, {
      cause: error,
    })
  }
  return new StreamError('broker_unavailable', `${doing}: ${reason(error)}`, { cause: error })
}

/** Our own error, which kafkajs passes on as the cause of its own: no token could be made to sign in with. */
function streamErrorOf(error: unknown): StreamError | undefined {
  if (error instanceof StreamError) return error
  return error instanceof Error ? streamErrorOf(error.cause) : undefined
}

function reason(error: unknown): string {
  if (protocolType(error) === 'UNSUPPORTED_SASL_MECHANISM') {
    return 'the broker does not know the mechanism; check KAFKA_SASL_MECHANISM, and the ports in KAFKA_BROKERS'
  }
  if (error instanceof KafkaJSSASLAuthenticationError) {
    return 'the broker refused the credentials; check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD'
  }
  if (error instanceof KafkaJSNumberOfRetriesExceeded && error.cause instanceof Error) return reason(error.cause)
  if (error instanceof KafkaJSConnectionError) return connectionReason(error)
  if (error instanceof KafkaJSError) return `Kafka: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

interface ConnectionFailure {
  readonly message: string
  /** Host and port; undefined: of no single broker. */
  readonly broker?: string
  /** Of the system, for example ECONNREFUSED; undefined: the connection existed, or nothing answered. */
  readonly code?: string
}

/** Where nothing answers, and the fix; a connection that was refused or lost has only its reason. */
function connectionReason({ message, broker, code }: ConnectionFailure): string {
  const place = broker === undefined ? '' : ` at ${broker}`
  const why = isUnreachable(code) ? `${code}; ${correctAddress(broker?.replace(/:\d+$/, '') ?? '')}` : message
  return `no connection to Kafka${place} (KAFKA_BROKERS): ${why}`
}

/** Makes the call and converts the error it throws to a StreamError. `doing` names the failed action in the message. */
export async function guarded<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw fromKafkajs(error, doing)
  }
}
