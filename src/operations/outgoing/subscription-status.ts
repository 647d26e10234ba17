import { currentConfiguration } from '../../configuration/current-configuration.ts'
import type { Configuration, OutgoingEventType } from '../../configuration/model.ts'
import { toStreamError } from '../../errors.ts'
import { isoTime } from '../../events/times.ts'
import type { SendFailure } from '../attempts.ts'
import type { TableDeps } from '../dependencies.ts'
import type { Principal } from '../principal.ts'
import { type Owner, type Scoped, within } from '../scope.ts'
import { placesOf, reachedTime } from './event-places.ts'
import { seesSubscription } from './event-sequences.ts'
import { keptCursor } from './kept-cursor.ts'
import { keyText } from './keyed-event.ts'
import type { RefusedKey } from './refused-keys.ts'
import { problemOf, type SubscriptionProblem, startAgain } from './subscription-problem.ts'
import { begunAt, createSubscriptionStore, type SubscriptionRow } from './subscription-row.ts'

/** An event that the receiver refuses; it and later events of its order or SKU wait. Times are ISO 8601. */
export interface RefusedEvent {
  /** Its order or stock, for people. */
  readonly about: string
  /** Its id: the webhook-id. */
  readonly event: string
  readonly type: OutgoingEventType
  readonly since: string
  readonly attempts: number
  /** Null: it was refused for days and waits for a person. */
  readonly next_try: string | null
  readonly code: string
  readonly message: string
  /** Events of the same order or SKU that wait, including itself. */
  readonly waiting: number
}

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
  readonly state: 'ok' | 'off' | 'pulled' | 'refusing' | 'failing' | 'paused'
  /** All events before it were acknowledged or are refused; null: not processed yet, pulled, or its cursor is unreadable. */
  readonly reached_at: string | null
  /** Its current cursor: a replay or a pull may start there. Null as `reached_at`. */
  readonly cursor: string | null
  /** Seconds since the first unacknowledged event; 0: all are acknowledged. */
  readonly lag: number
  readonly last_sent_at: string | null
  readonly paused_at: string | null
  readonly refused: readonly RefusedEvent[]
  /** Null: all attempts succeeded, or there was no attempt. */
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
  const found = await statusOfSubscriptions(deps, by, await currentConfiguration(deps.tables))
  const kept = await Promise.all(
    found.map(async (one) => {
      const cursor = one.cursor === null ? null : await keptCursor(deps.tables, one.cursor, deps.clock.now())
      return { ...one, cursor }
    }),
  )
  return within(by.scope, kept, scopeOwnerOf)
}

/** Like `listSubscriptions`, with a configuration that was already read. */
export async function statusOfSubscriptions(
  { tables, clock }: Deps,
  by: Principal,
  {
    subscriptions = [],
    subscribedAt = {},
    connections,
  }: Pick<Configuration, 'subscriptions' | 'subscribedAt' | 'connections'>,
): Promise<Scoped<SubscriptionStatus>> {
  const seen = subscriptions.filter((one) => seesSubscription(by, one, connections))
  const rows = await createSubscriptionStore(tables).list(seen.map(({ id }) => id))
  const found = seen.map(({ id, webhook, enabled = true, ...reach }): SubscriptionStatus => {
    // The row of a document that was removed says nothing about its successor.
    const row = rows.find((one) => one.subscription === id && begunAt(one, subscribedAt[id] ?? null) === null)
    const { behind_since = null, sent_at = null, paused_at = null } = row ?? {}
    const { cursor, reached_at, unreadable } = cursorIn(row)
    const now = clock.now()
    const problem =
      row === undefined ? null : unreadable === null ? problemOf(row, now) : lostProblem(row, unreadable, now)
    return {
      subscription: id,
      by: webhook === null ? 'pull' : 'webhook',
      enabled,
      events: reach.events,
      connections: reach.connections,
      shops: reach.shops,
      state: enabled ? (webhook === null ? 'pulled' : stateOf(row, problem)) : 'off',
      reached_at,
      cursor,
      lag: behind_since === null ? 0 : Math.max(0, Math.floor((clock.now() - behind_since) / 1000)),
      last_sent_at: isoTime(sent_at),
      paused_at: isoTime(paused_at),
      refused: (row?.refused ?? []).map(refusedOf),
      failing: failingOf(problem),
    }
  })
  return within(by.scope, found, scopeOwnerOf)
}

/** The caller may see the whole subscription, so any part of it identifies its owner. */
export function scopeOwnerOf({ connections, shops }: SubscriptionStatus): Owner {
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

function stateOf(row: SubscriptionRow | undefined, problem: SubscriptionProblem | null): SubscriptionStatus['state'] {
  if (row?.paused_at != null) return 'paused'
  if (problem === null) return 'ok'
  return problem.what === 'refused' ? 'refusing' : 'failing'
}

function lostProblem(row: SubscriptionRow, { code, message }: SendFailure, now: number): SubscriptionProblem {
  const { subscription, unread, failing_since, attempts, paused_at, due_at } = row
  const since = unread?.since ?? failing_since ?? now
  const nextTry = paused_at === null ? due_at : null
  return { what: 'endpoint', since, code, message, attempts, nextTry, ...startAgain(subscription) }
}

function failingOf(problem: SubscriptionProblem | null): SubscriptionStatus['failing'] {
  if (problem === null) return null
  const { since, code, message, attempts, nextTry, fix } = problem
  return { since: isoTime(since), code, message, attempts, next_try: isoTime(nextTry), fix }
}

function refusedOf({ key, events, since, attempts, due_at, failure }: RefusedKey): RefusedEvent {
  return {
    about: keyText(key),
    event: events[0]?.id ?? '',
    type: events[0]?.type ?? 'stock.changed',
    since: isoTime(since),
    attempts,
    next_try: isoTime(due_at),
    ...failure,
    waiting: events.length,
  }
}
