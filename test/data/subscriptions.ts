import type { Subscription } from '../../src/configuration/model.ts'

/** A subscription to everything, pulled where `more` names no webhook. */
export const subscriptionWith = (id: string, more: Partial<Subscription> = {}): Subscription => ({
  id,
  webhook: null,
  secrets: more.webhook == null ? {} : { signing: `env:${id.toUpperCase()}_SIGNING` },
  connections: null,
  shops: null,
  events: null,
  ...more,
})
