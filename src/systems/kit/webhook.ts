import { createHmac } from 'node:crypto'
import type { System } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import { equalTexts } from '../../platform/equal-texts.ts'

/** A call of a webhook as it came. */
export interface ReceivedHook {
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** The very bytes: signatures are made over them. */
  readonly body: Buffer
  /** Milliseconds UTC. */
  readonly now: number
}

/** What a hook asks for: reads of its system. The same id again is the same hook. */
export interface UnderstoodHook {
  readonly id: string
  readonly reads: readonly string[]
}

/**
 * How the hooks of one type of system are proven and understood. Nothing but the fact that something changed is ever taken
 * from a hook: so one that comes late, twice or out of order does no harm.
 */
export interface HookKind {
  /** Whether it was signed with the system's secret; takes as long for a wrong one. */
  verify(hook: ReceivedHook, secret: string, system: System | undefined): boolean
  /** Throws `request_invalid`, naming the field. */
  understand(hook: ReceivedHook, system: System): UnderstoodHook
}

const MAX_ID = 200

/** The body as an object; empty when it is JSON of another kind. Throws `request_invalid` for what is no JSON. */
export function hookBody({ body }: ReceivedHook): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {}
  } catch (cause) {
    throw new StreamError('request_invalid', 'the body is no JSON', { cause })
  }
}

/** Throws `request_invalid` for what can't be the id of a hook. */
export function hookId(id: unknown, field: string): string {
  if (typeof id === 'string' && id !== '' && id.length <= MAX_ID) return id
  throw new StreamError('request_invalid', `${field} must be a text of 1 to ${MAX_ID} characters`, { field })
}

/**
 * Whether a hook is signed as Standard Webhooks says: one of the `v1,…` signatures is the HMAC-SHA256 of
 * `id.timestamp.body`, and the time is no further off than the tolerance. All signatures are compared, so that the time it
 * takes reveals nothing.
 */
export function isSignedWebhook(hook: ReceivedHook, secret: string, toleranceSeconds: number): boolean {
  const id = hook.header('webhook-id') ?? ''
  const timestamp = hook.header('webhook-timestamp') ?? ''
  const given = (hook.header('webhook-signature') ?? '').split(' ')
  const signed = createHmac('sha256', secret).update(`${id}.${timestamp}.`).update(hook.body).digest('base64')
  const matching = given.filter((signature) => equalTexts(signature, `v1,${signed}`))
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  return id !== '' && matching.length > 0 && Math.abs(hook.now / 1000 - seconds) <= toleranceSeconds
}
