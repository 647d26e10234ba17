import { createHmac } from 'node:crypto'

/** What a signature is made over. */
export interface SignedContent {
  readonly id: string
  /** Seconds since 1970, as the header `webhook-timestamp` has it. */
  readonly timestamp: string
  readonly body: string | Buffer
}

/** One signature as Standard Webhooks says: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64. */
export function webhookSignature(key: string | Buffer, { id, timestamp, body }: SignedContent): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
}
