import { StreamError } from '../errors.ts'
import { bodyWithin, type GuardedHttp } from './guarded-http.ts'
import { fromAnswer } from './http-errors.ts'
import { type SignedContent, webhookSignature } from './webhook-signature.ts'

/** A webhook and its signing keys: the current key first, and during a rotation also the previous one. */
export interface SignedWebhook {
  readonly url: string
  readonly keys: readonly string[]
  /** The same for each attempt, so that the receiver can detect duplicates. */
  readonly id: string
  /** JSON. */
  readonly body: string
}

/** Posts a webhook, signed by Standard Webhooks. Any 2xx means received; a redirect does not. */
export type SendSignedWebhook = (webhook: SignedWebhook) => Promise<void>

const TIMEOUT_MS = 15_000
/** Most bytes of an answer to read and drop, so that its connection can be reused. */
const MOST_ANSWERED = 64_000
/** 24 to 64 bytes in base64, as the specification requires. */
const KEY = /^whsec_([A-Za-z0-9+/]+={0,2})$/

/** The value of the header `webhook-signature`. Throws `configuration_invalid` for an invalid key. */
export function webhookSignatures(keys: readonly string[], content: SignedContent): string {
  return keys.map((key) => webhookSignature(keyBytes(key), content)).join(' ')
}

/** Throws `configuration_invalid` for an invalid signing key. */
export function assertSigningKey(key: string): void {
  keyBytes(key)
}

function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(KEY.exec(key)?.[1] ?? '', 'base64')
  if (bytes.length >= 24 && bytes.length <= 64) return bytes
  const message =
    'a signing key of webhooks must be whsec_ and 24 to 64 bytes in base64; create one with: openssl rand -base64 32'
  throw new StreamError('configuration_invalid', message, { field: 'secrets.signing' })
}

export function createWebhookSender(http: GuardedHttp, clock: { now(): number }): SendSignedWebhook {
  return async ({ url, keys, id, body }) => {
    const what = `POST ${new URL(url).host}`
    const timestamp = String(Math.floor(clock.now() / 1000))
    const signature = webhookSignatures(keys, { id, timestamp, body })
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': timestamp }
    try {
      const credentials = { 'webhook-signature': signature }
      // A slow endpoint must not hold the connections of another one on the same host.
      const request = { method: 'POST', url, headers, credentials, body, redirects: 'none', signal, pool: url } as const
      const answer = await http.request(request)
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
    // This address comes from a document, so it is wrong configuration, not wrong data.
    if (error.code !== 'source_data_invalid') return error
    return new StreamError('configuration_invalid', error.message, { field: 'webhook' })
  }
  if (isLate) return new StreamError('timed_out', `${what} got no answer in ${TIMEOUT_MS} ms`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
  return new StreamError('target_unavailable', `${what} failed: ${code}`, { details: { reason: code } })
}
