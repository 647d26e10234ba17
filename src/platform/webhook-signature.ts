import { createHmac } from 'node:crypto'

/** The signed content. */
export interface SignedContent {
  readonly id: string
  /** Seconds since 1970, as in the header `webhook-timestamp`. */
  readonly timestamp: string
  readonly body: string | Buffer
}

/** A signature as in Standard Webhooks: `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64. */
export function webhookSignature(key: string | Buffer, { id, timestamp, body }: SignedContent): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
}
