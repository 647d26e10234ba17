import type { Configuration, Subscription } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Attendant, createAttendant, runAttendant } from '../../platform/due-rows.ts'
import { EVENTS_LEASE_MS, LOOK_EVERY_MS, type SendEventsDeps, sendEvents } from './send-events.ts'

export interface SubscriptionDeps extends Omit<SendEventsDeps, 'clock'> {
  readonly clock: Clock
  /** The current configuration. */
  readonly configuration: () => Pick<Configuration, 'systems' | 'connections' | 'subscriptions' | 'subscribedAt'>
}

/** Pause after an error not caused by the endpoint. */
const REST_MS = 6 * LOOK_EVERY_MS

/**
 * Sends events to subscriptions until the signal aborts. Any number of processes may run it: one at a time holds each
 * subscription.
 */
export async function runSubscriptions(deps: SubscriptionDeps, signal: AbortSignal): Promise<void> {
  const { clock, logger } = deps
  const unread = (err: unknown) => {
    logger.warn({ err }, 'the progress of subscriptions could not be read; retrying')
  }
  await runAttendant(createEventSender(deps, signal), { clock, unread }, signal)
}

export function createEventSender(deps: SubscriptionDeps, signal: AbortSignal): Attendant {
  const { store, clock, logger, configuration } = deps
  const sentTo = () => (configuration().subscriptions ?? []).filter((one) => isSentTo(one))
  return createAttendant({
    ids: () => sentTo().map(({ id }) => id),
    idOf: ({ subscription }) => subscription,
    rows: store,
    clock,
    leaseMs: EVENTS_LEASE_MS,
    async attend(id, row) {
      const subscription = sentTo().find((one) => one.id === id)
      // Its document was removed or disabled just now.
      if (subscription === undefined) return clock.now() + REST_MS
      return await sendEvents(deps, subscription, configuration(), { row, signal })
    },
    failed(subscription, err) {
      logger.warn({ err, subscription }, 'a subscription could not be processed; retrying')
    },
    restMs: REST_MS,
  })
}

function isSentTo({ webhook, enabled }: Subscription): boolean {
  return webhook !== null && enabled !== false
}
