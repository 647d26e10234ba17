import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Logger } from 'pino'
import { StreamError } from '../../errors.ts'
import type { CallKind, CallLimits, Governor } from '../../platform/governor/governor.ts'
import { sqsError } from './answers.ts'

export interface SqsSettings {
  /** As it is configured. */
  readonly address: string
  /** Where every call goes, whatever a queue's URL says. */
  readonly endpoint: string
  /** The queue that the address is, if it is one. */
  readonly ownQueue: string | null
  /** Whose limits the calls keep to. */
  readonly account: string
  readonly region: string
  /** Null: the SDK's own chain (environment, profile, role). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
  readonly limits: CallLimits
  /** Besides the time a call may wait for messages. */
  readonly timeoutMs?: number
}

/** What a call needs, and for what it is. */
export interface Calls {
  readonly sdk: SQSClient
  readonly settings: SqsSettings
  readonly governor: Governor
  readonly logger: Logger
  readonly now: () => number
  readonly kind: CallKind
}

const TIMEOUT_MS = 30_000

/** Does a call in its turn, ends it when it takes too long, and throws StreamErrors. */
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
      if (signal.aborted) throw new StreamError('stopping', `${what} was ended`)
      if (timeout.aborted) throw new StreamError('timed_out', `${what} got no answer in ${timeoutMs} ms`)
      throw sqsError(what, error, now())
    } finally {
      logger.debug({ call: what, ms: Math.round(performance.now() - startedAt) }, 'request')
    }
  }
  return await governor.run(kind, limited, signal)
}
