import type { SubscriptionRow } from './subscription-row.ts'

/** Why events of a subscription do not arrive. Times are milliseconds UTC. */
export interface SubscriptionProblem {
  /**
   * `reading`: events cannot be read; `endpoint`: nothing arrives; `stalled`: events are not written, or nobody sends
   * them; `refused`: everything but the events of refused keys arrives.
   */
  readonly what: 'reading' | 'endpoint' | 'stalled' | 'refused'
  readonly since: number
  readonly code: string
  readonly message: string
  readonly attempts: number
  /** Null: there is no further attempt by itself. */
  readonly nextTry: number | null
  /** What a person does about it, as a sentence; `command`: the command alone. */
  readonly fix: string
  readonly command: string
}

/** The worst problem of a subscription with a webhook; null: there is none. */
export function problemOf(row: SubscriptionRow, now: number): SubscriptionProblem | null {
  return readingProblem(row) ?? endpointProblem(row) ?? stalledProblem(row, now) ?? refusedProblem(row)
}

/** Events are visible some seconds after they happen; this much later, something is wrong. */
export const STALLED_AFTER_MS = 600_000

function readingProblem({ subscription, unread, paused_at, due_at }: SubscriptionRow): SubscriptionProblem | null {
  if (unread === null || paused_at !== null) return null
  const doctor = 'waldstream doctor'
  const way =
    unread.code === 'cursor_invalid'
      ? startAgain(subscription)
      : { command: doctor, fix: `its events cannot be read; ${doctor} says more` }
  return { what: 'reading', ...unread, attempts: 0, nextTry: due_at, ...way }
}

/** The way out where the place of a subscription is lost. */
export function startAgain(subscription: string): Pick<SubscriptionProblem, 'fix' | 'command'> {
  const command = `waldstream subscriptions replay ${subscription} --from <time>`
  return { command, fix: `start it again at a time: ${command}` }
}

function stalledProblem({ visible_until, due_at }: SubscriptionRow, now: number): SubscriptionProblem | null {
  if (visible_until === null || now - visible_until < STALLED_AFTER_MS) return null
  const command = 'waldstream doctor'
  return {
    what: 'stalled',
    since: visible_until,
    code: 'projector_behind',
    message: 'later events are not visible: a projector is behind or stopped, or no process sends events',
    attempts: 0,
    nextTry: due_at,
    fix: `check that the processes with the roles projector and api run and keep up: ${command}`,
    command,
  }
}

function endpointProblem(row: SubscriptionRow): SubscriptionProblem | null {
  const { subscription, failing_since, failure, attempts, paused_at, due_at } = row
  if (failing_since === null) return null
  const command = `waldstream subscriptions resume ${subscription}`
  return {
    what: 'endpoint',
    since: failing_since,
    code: failure?.code ?? 'unexpected',
    message: failure?.message ?? '',
    attempts,
    nextTry: paused_at === null ? due_at : null,
    fix: `fix its endpoint or secret${paused_at === null ? '' : ', then resume it'}: ${command}`,
    command,
  }
}

function refusedProblem({ subscription, refused }: SubscriptionRow): SubscriptionProblem | null {
  const oldest = refused.toSorted((one, other) => one.since - other.since)[0]
  if (oldest === undefined) return null
  const { since, attempts, due_at, failure, events } = oldest
  const command = `waldstream subscriptions skip ${subscription} --event ${events[0]?.id ?? '<id>'} --reason <why>`
  return {
    what: 'refused',
    since,
    ...failure,
    attempts,
    nextTry: due_at,
    fix: `fix its receiver, then resume it (waldstream subscriptions resume ${subscription}), or skip the event: ${command}`,
    command,
  }
}
