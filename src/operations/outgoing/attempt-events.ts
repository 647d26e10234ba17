import type { Logger } from 'pino'
import type { Subscription } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { type StreamError, toStreamError } from '../../errors.ts'
import { forEachBounded } from '../../platform/bounded.ts'
import type { Meter } from '../../platform/metrics/meter.ts'
import type { SendSignedWebhook } from '../../platform/signed-webhook.ts'
import { webhookKeys } from '../webhook-keys.ts'
import { eventBody, type KeyedEvent } from './keyed-event.ts'

export interface AttemptDeps {
  readonly sendWebhook: SendSignedWebhook
  readonly resolveSecret: ResolveReference
  readonly clock: { now(): number }
  readonly meter: Meter
  readonly logger: Pick<Logger, 'warn' | 'info'>
}

/** Outcome of attempts to send events. */
export interface Attempted {
  /** Acknowledged events, in any order. */
  readonly sent: readonly KeyedEvent[]
  /** By key: why its first unacknowledged event was refused. */
  readonly failures: ReadonlyMap<string, StreamError>
  /** The error of the endpoint, not of an event: nothing more was sent. */
  readonly halted: StreamError | null
}

export interface AttemptOptions {
  /** The last attempt failed: one event is sent first, and the others once it is acknowledged. */
  readonly isFailing: boolean
  /** False: no further attempt begins. */
  readonly mayGoOn: () => Promise<boolean>
}

/** Concurrent webhooks per subscription. */
const AT_ONCE = 4
/** Refused events in a row, without an acknowledged one, after which the endpoint counts as failing. */
const MOST_REFUSED = 20

/**
 * Sends events, those of one key one after the other (Guarantee 4): after an event that is not acknowledged, no later one
 * of its key is sent, but other keys go on (Guarantee 5). An endpoint that does not answer, or that asks to wait, gets no
 * further attempt.
 */
export async function attemptEvents(
  deps: AttemptDeps,
  subscription: Subscription,
  events: readonly KeyedEvent[],
  { isFailing, mayGoOn }: AttemptOptions,
): Promise<Attempted> {
  const sent: KeyedEvent[] = []
  const failures = new Map<string, StreamError>()
  let halted: StreamError | null = null
  const queues = [...Map.groupBy(events, ({ key }) => key).values()]
  if (queues.length === 0) return { sent, failures, halted }
  const keys = await webhookKeys(deps.resolveSecret, subscription).catch((error: unknown) => {
    halted = toStreamError(error)
    return []
  })
  let ended = false
  const isOver = () => ended || halted !== null || (sent.length === 0 && failures.size >= MOST_REFUSED)
  const attemptQueue = async (queue: readonly KeyedEvent[]): Promise<void> => {
    for (const one of queue) {
      if (isOver()) return
      if (!(await mayGoOn())) {
        ended = true
        return
      }
      const { id } = one.event
      try {
        await deps.sendWebhook({ url: subscription.webhook ?? '', keys, id, body: eventBody(one.event) })
      } catch (thrown) {
        const error = toStreamError(thrown)
        note(deps, subscription, 'failed', error.code)
        deps.logger.warn(
          { err: error, subscription: subscription.id, event: id },
          'an outgoing event could not be sent; retrying',
        )
        if (concernsAll(error)) halted ??= error
        if (!asksToWait(error)) failures.set(one.key, error)
        return
      }
      sent.push(one)
      note(deps, subscription, 'sent', '')
    }
  }
  while (isFailing && sent.length === 0 && queues.length > 0) await attemptQueue(queues.shift() ?? [])
  await forEachBounded(queues, AT_ONCE, attemptQueue)
  return { sent, failures, halted }
}

/** An answer concerns the event that it answers, unless it asks to wait. */
function concernsAll(error: StreamError): boolean {
  return asksToWait(error) || error.details['status'] === undefined
}

/** Not a refusal of the event. */
function asksToWait({ code, retryAfterMs }: StreamError): boolean {
  return code === 'rate_limited' || code === 'configuration_invalid' || retryAfterMs !== undefined
}

function note({ meter }: AttemptDeps, { id }: Subscription, outcome: 'sent' | 'failed', code: string): void {
  meter.count('waldstream_outgoing_events_total', { subscription: id, outcome, code })
}
