import type { Configuration, OutgoingEventType } from '../../configuration/model.ts'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import type { SendFailure } from '../attempts.ts'
import type { TableDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { type Owner, type Scoped, within } from '../scope.ts'
import { seesSubscription } from './event-lanes.ts'
import { placesOf, reachedTime } from './event-places.ts'
import { createSubscriptionStore, repairOf, type SubscriptionRow } from './subscription-row.ts'

/** Status of a subscription. Times are ISO 8601. */
export interface SubscriptionStatus {
  readonly subscription: string
  readonly by: 'webhook' | 'pull'
  /** False: its document disables it. */
  readonly enabled: boolean
  /** Null: all. */
  readonly events: readonly OutgoingEventType[] | null
  readonly connections: readonly string[] | null
  readonly shops: readonly string[] | null
  readonly state: 'ok' | 'off' | 'pulled' | 'failing' | 'paused'
  /** All events before it were acknowledged; null: not processed yet, pulled, or its cursor is unreadable. */
  readonly reached_at: string | null
  /** Its current cursor: a replay or a pull may start there. Null as `reached_at`. */
  readonly cursor: string | null
  /** Seconds since the first unacknowledged event; 0: all are acknowledged. */
  readonly lag: number
  readonly last_sent_at: string | null
  readonly paused_at: string | null
  /** Null: the last attempt succeeded, or there was no attempt. */
  readonly failing: {
    readonly since: string
    readonly code: string
    readonly message: string
    readonly attempts: number
    readonly next_try: string | null
    readonly fix: string
  } | null
}

type Deps = Pick<TableDeps, 'tables' | 'clock'>

/** Subscriptions whose events the caller may all see, by id. */
export async function listSubscriptions(deps: Deps, by: Principal): Promise<Scoped<SubscriptionStatus>> {
  return await statusOfSubscriptions(deps, by, await readConfiguration(deps.tables))
}

/** Like `listSubscriptions`, with a configuration that was already read. */
export async function statusOfSubscriptions(
  { tables, clock }: Deps,
  by: Principal,
  { subscriptions = [], connections }: Pick<Configuration, 'subscriptions' | 'connections'>,
): Promise<Scoped<SubscriptionStatus>> {
  const seen = subscriptions.filter((one) => seesSubscription(by, one, connections))
  const rows = await createSubscriptionStore(tables).list(seen.map(({ id }) => id))
  const found = seen.map(({ id, webhook, enabled = true, ...reach }): SubscriptionStatus => {
    const row = rows.find(({ subscription }) => subscription === id)
    const { behind_since = null, sent_at = null, paused_at = null } = row ?? {}
    const { cursor, reached_at, unreadable } = cursorIn(row)
    const failing = row === undefined ? null : failingOf(row, unreadable, clock.now())
    return {
      subscription: id,
      by: webhook === null ? 'pull' : 'webhook',
      enabled,
      events: reach.events,
      connections: reach.connections,
      shops: reach.shops,
      state: enabled ? (webhook === null ? 'pulled' : stateOf(row, failing)) : 'off',
      reached_at,
      cursor,
      lag: behind_since === null ? 0 : Math.max(0, Math.floor((clock.now() - behind_since) / 1000)),
      last_sent_at: isoTime(sent_at),
      paused_at: isoTime(paused_at),
      failing,
    }
  })
  return within(by.scope, found, ownerOfSubscription)
}

/** The caller may see the whole subscription, so any part of it identifies its owner. */
export function ownerOfSubscription({ connections, shops }: SubscriptionStatus): Owner {
  const [connection] = connections ?? []
  const [system] = shops ?? []
  if (connection === undefined && system !== undefined) return { system }
  return { connection: connection ?? null }
}

/** The cursor of a row. An unreadable one is the failure of its subscription only: it hides no other. */
function cursorIn(row: SubscriptionRow | undefined) {
  const cursor = row?.cursor ?? null
  const nowhere = { cursor: null, reached_at: null, unreadable: null }
  if (cursor === null) return nowhere
  try {
    return { cursor, reached_at: reachedTime(placesOf(cursor)), unreadable: null }
  } catch (thrown) {
    const { code, message } = toStreamError(thrown)
    return { ...nowhere, unreadable: { code, message } }
  }
}

function stateOf(
  row: SubscriptionRow | undefined,
  failing: SubscriptionStatus['failing'],
): SubscriptionStatus['state'] {
  if (row?.paused_at != null) return 'paused'
  return failing === null ? 'ok' : 'failing'
}

function failingOf(row: SubscriptionRow, unreadable: SendFailure | null, now: number): SubscriptionStatus['failing'] {
  const { failing_since, attempts, due_at, paused_at } = row
  if (failing_since === null && unreadable === null) return null
  const failure = unreadable ?? row.failure
  return {
    since: isoTime(failing_since ?? now),
    code: failure?.code ?? 'unexpected',
    message: failure?.message ?? '',
    attempts,
    next_try: paused_at === null ? isoTime(due_at) : null,
    fix: fixOf(row, failure),
  }
}

function fixOf({ subscription, paused_at }: SubscriptionRow, failure: SendFailure | null): string {
  const repair = repairOf(subscription, failure)
  if (failure?.code === 'cursor_invalid') return `start it again at a time: ${repair}`
  return `fix its endpoint or secret${paused_at === null ? '' : ', then resume it'}: ${repair}`
}
