import { createHmac } from 'node:crypto'
import { StreamError } from '../errors.ts'
import { bodyWithin, type GuardedHttp } from './guarded-http.ts'
import { fromAnswer } from './http-errors.ts'

/** What is posted, and the keys that it is signed with: the current one first, and the one before it while it is rotated. */
export interface SignedWebhook {
  readonly url: string
  readonly keys: readonly string[]
  /** The same for each attempt: the receiver knows by it what it has already. */
  readonly id: string
  /** JSON. */
  readonly body: string
}

/** Posts a webhook, signed as Standard Webhooks says; any 2xx is its receipt, a redirect is none. */
export type SendSignedWebhook = (webhook: SignedWebhook) => Promise<void>

interface Signed {
  readonly id: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

const TIMEOUT_MS = 15_000
/** Of an answer nothing is kept; so much of it is read, so that its connection can be used again. */
const MOST_ANSWERED = 64_000
/** 24 to 64 bytes in base64, as the specification wants them. */
const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/

/** The value of the header `webhook-signature`. Throws `configuration_invalid` for a key that is none. */
export function webhookSignature(keys: readonly string[], { id, timestamp, body }: Signed): string {
  return keys
    .map((key) => {
      const signed = createHmac('sha256', keyBytes(key)).update(`${id}.${timestamp}.${body}`).digest('base64')
      return `v1,${signed}`
    })
    .join(' ')
}

/** Throws `configuration_invalid` for a key that nothing can be signed with. */
export function assertSigningKey(key: string): void {
  keyBytes(key)
}

function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(KEY.exec(key)?.[1] ?? '', 'base64')
  if (bytes.length >= 24 && bytes.length <= 64) return bytes
  const message =
    'a key that webhooks are signed with must be whsec_ and 24 to 64 bytes in base64; make one with: openssl rand -base64 32'
  throw new StreamError('configuration_invalid', message, { field: 'secrets.signing' })
}

export function createWebhookSender(http: GuardedHttp, clock: { now(): number }): SendSignedWebhook {
  return async ({ url, keys, id, body }) => {
    const what = `POST ${new URL(url).host}`
    const timestamp = Math.floor(clock.now() / 1000)
    const signature = webhookSignature(keys, { id, timestamp, body })
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(timestamp) }
    try {
      const credentials = { 'webhook-signature': signature }
      const answer = await http.request({ method: 'POST', url, headers, credentials, body, redirects: 'none', signal })
      await bodyWithin(answer, MOST_ANSWERED)
      const { status } = answer
      if (status < 200 || status > 299) {
        throw fromAnswer(what, { status, headers: answer.headers, text: '', json: undefined }, clock.now())
      }
    } catch (error) {
      throw brokenError(what, error, signal.aborted)
    }
  }
}

function brokenError(what: string, error: unknown, isLate: boolean): StreamError {
  if (error instanceof StreamError) {
    // An address of a document is configuration, though others' addresses are data.
    if (error.code !== 'source_data_invalid') return error
    return new StreamError('configuration_invalid', error.message, { field: 'webhook' })
  }
  if (isLate) return new StreamError('timed_out', `${what} got no answer in ${TIMEOUT_MS} ms`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  return new StreamError('target_unavailable', `${what} could not be done: ${code}`, { details: { reason: code } })
}
