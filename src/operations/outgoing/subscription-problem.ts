import type { SubscriptionRow } from './subscription-row.ts'

/** Why events of a subscription do not arrive. Times are milliseconds UTC. */
export interface SubscriptionProblem {
  /** `endpoint`: nothing arrives; `refused`: everything but the events of refused keys arrives. */
  readonly what: 'endpoint' | 'refused'
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
export function problemOf(row: SubscriptionRow): SubscriptionProblem | null {
  return endpointProblem(row) ?? refusedProblem(row)
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
