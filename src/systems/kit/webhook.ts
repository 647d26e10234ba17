import type { System } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { equalTexts } from '../../platform/equal-texts.ts'
import { webhookSignature } from '../../platform/webhook-signature.ts'

/** A received webhook call. */
export interface ReceivedHook {
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The exact bytes, because signatures cover them. */
  readonly body: Buffer
  /** Milliseconds UTC. */
  readonly now: number
}

/** The reads that a webhook requests from its system. A repeated id is the same webhook. */
export interface UnderstoodHook {
  readonly id: string
  readonly reads: readonly string[]
}

/**
 * How the webhooks of one system type are verified and parsed. A webhook only ever says that something changed, so a
 * late, repeated or reordered one does no harm.
 */
export interface HookKind {
  /** Whether it is signed with the system's secret; takes equally long for a wrong signature. */
  verify(hook: ReceivedHook, secret: string, system: System | undefined): boolean
  /** Throws `request_invalid` with the field. */
  understand(hook: ReceivedHook, system: System): UnderstoodHook
}

const MAX_ID = 200

/** The body as an object; empty if it is other JSON. Throws `request_invalid` if it is not JSON. */
export function hookBody({ body }: ReceivedHook): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
  } catch (cause) {
    throw new StreamError('request_invalid', 'the body is not JSON', { cause })
  }
}

/** Throws `request_invalid` if the value can't be a webhook id. */
export function hookId(id: unknown, field: string): string {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID) return id
  throw new StreamError('request_invalid', `${field} must be a text of 1 to ${MAX_ID} characters`, { field })
}

/**
 * Whether a webhook is signed according to Standard Webhooks: one of the `v1,…` signatures is the HMAC-SHA256 of
 * `id.timestamp.body`, and the timestamp is within the tolerance. All signatures are compared, so the duration reveals
 * nothing.
 */
export function isSignedWebhook(hook: ReceivedHook, secret: string, toleranceSeconds: number): boolean {
  const id = hook.header('webhook-id') ?? ''
  const timestamp = hook.header('webhook-timestamp') ?? ''
  const given = (hook.header('webhook-signature') ?? '').split(' ')
  const expected = webhookSignature(secret, { id, timestamp, body: hook.body })
  const matching = given.filter((signature) => equalTexts(signature, expected))
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  return id !== '' && matching.length > 0 && Math.abs(hook.now / 1000 - seconds) <= toleranceSeconds
}
