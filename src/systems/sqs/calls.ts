import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { CallKind, CallLimits, Governor } from '../../platform/governor/governor.ts'
import { sqsError } from './answers.ts'

export interface SqsSettings {
  /** The configured address. */
  readonly address: string
  /** Every call goes here, whatever a queue's URL says. */
  readonly endpoint: string
  /** The queue's URL if the address names a queue. */
  readonly ownQueue: string | null
  /** The account whose limits apply. */
  readonly account: string
  readonly region: string
  /** Null: the SDK's own chain (environment, profile, role). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
  readonly limits: CallLimits
  /** Timeout in ms, in addition to the time a call may wait for messages. */
  readonly timeoutMs?: number
}

/** What a call needs, and its kind. */
export interface Calls {
  readonly sdk: SQSClient
  readonly settings: SqsSettings
  readonly governor: Governor
  readonly logger: Logger
  readonly now: () => number
  readonly kind: CallKind
}

const TIMEOUT_MS = 30_000

/** Makes a call when the governor allows it, aborts it after the timeout and throws StreamErrors. */
export async function governed<T>(
  { governor, kind, settings, now, logger }: Calls,
  what: string,
  signal: AbortSignal,
  call: (abortSignal: AbortSignal) => Promise<T>,
  waitMs = 0,
): Promise<T> {
  const timeoutMs = (settings.timeoutMs ?? TIMEOUT_MS) + waitMs
  const limited = async (): Promise<T> => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const startedAt = performance.now()
    try {
      return await call(AbortSignal.any([signal, timeout]))
    } catch (error) {
      if (signal.aborted) throw new StreamError('stopping', `${what} was aborted`)
      if (timeout.aborted) throw new StreamError('timed_out', `${what} got no response within ${timeoutMs} ms`)
      throw sqsError(what, error, now())
    } finally {
      logger.debug({ call: what, ms: Math.round(performance.now() - startedAt) }, 'request')
    }
  }
  return await governor.run(kind, limited, signal)
}
