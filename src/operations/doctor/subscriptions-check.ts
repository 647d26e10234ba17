import type { Subscription } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import { assertSigningKey } from '../../platform/signed-webhook.ts'
import { problemOf, type SubscriptionProblem } from '../outgoing/subscription-problem.ts'
import type { SubscriptionRow } from '../outgoing/subscription-row.ts'
import { webhookKeys } from '../webhook-keys.ts'
import { type Check, fail, ok, warn } from './finding.ts'

export interface SubscriptionCheckDeps {
  readonly resolveSecret: ResolveReference
  /** Its progress; undefined: nothing was sent yet, or the tables do not exist. */
  readonly now: () => number
  readonly rowOf: (subscription: string) => Promise<SubscriptionRow | undefined>
}

/** Checks that a subscription's key can be read and that its events are acknowledged. */
export function subscriptionCheck(subscription: Subscription, deps: SubscriptionCheckDeps): Check {
  const { resolveSecret, rowOf } = deps
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
      const problem = row === undefined ? null : problemOf(row, deps.now())
      if (row === undefined || problem === null) return [ok(name, 'its key can be read')]
      const { since, code, message, command } = problem
      return [warn(name, `${whatOf(row, problem)}, since ${isoTime(since)}: ${code}: ${message}`, command)]
    },
  }
}

function whatOf({ paused_at, refused }: SubscriptionRow, { what }: SubscriptionProblem): string {
  if (paused_at !== null) return 'it is paused: its events were not acknowledged for days'
  if (what === 'endpoint') return 'its events are not acknowledged'
  if (what === 'reading') return 'its events cannot be read'
  if (what === 'stalled') return 'its events are not visible'
  return `it refuses events of ${refused.length} ${refused.length === 1 ? 'order or SKU' : 'orders or SKUs'}`
}
