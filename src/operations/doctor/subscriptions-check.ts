import type { Subscription } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import { assertSigningKey } from '../../platform/signed-webhook.ts'
import { repairOf, type SubscriptionRow } from '../outgoing/subscription-row.ts'
import { webhookKeys } from '../webhook-keys.ts'
import { type Check, fail, ok, warn } from './finding.ts'

export interface SubscriptionCheckDeps {
  readonly resolveSecret: ResolveReference
  /** Its progress; undefined: nothing was sent yet, or the tables do not exist. */
  readonly rowOf: (subscription: string) => Promise<SubscriptionRow | undefined>
}

/** Checks that a subscription's key can be read and that its events are acknowledged. */
export function subscriptionCheck(subscription: Subscription, { resolveSecret, rowOf }: SubscriptionCheckDeps): Check {
  const { id, webhook } = subscription
  const name = `subscription ${id}`
  return {
    name,
    async run() {
      if (webhook === null) return [ok(name, 'its events are pulled')]
      try {
        for (const key of await webhookKeys(resolveSecret, subscription)) assertSigningKey(key)
      } catch (thrown) {
        const { code, message } = toStreamError(thrown)
        return [fail(name, `${code}: ${message}`)]
      }
      const row = await rowOf(id)
      if (row?.failing_since == null) return [ok(name, 'its key can be read')]
      const { failing_since, failure, paused_at } = row
      const what =
        paused_at === null
          ? 'its events are not acknowledged'
          : 'it is paused: its events were not acknowledged for days'
      const why = `since ${isoTime(failing_since)}: ${failure?.code ?? 'unexpected'}: ${failure?.message ?? ''}`
      return [warn(name, `${what}, ${why}`, repairOf(id, failure))]
    },
  }
}
