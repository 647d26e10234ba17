import type { AuditEntry } from '../control/audit-trail.ts'
import { keepOrderDeeds } from '../projections/order-steps.ts'
import { noteChange } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { type OrderPlace, orderText } from './order-parts.ts'
import { nameOf, type Principal } from './principal.ts'

/** Prefix of their names in the audit trail. */
export const ORDER_DEEDS = 'order'

export type OrderDeed = 'hold' | 'release' | 'cancel' | 'resend'
type ShareDeed = 'share' | 'unshare' | 'answer'

/** The parts of an order that an action was about, by connection. */
export interface DeedParts {
  readonly source: string
  readonly connections: readonly string[]
}

type Deps = Pick<OperationDeps, 'audit' | 'tables' | 'clock'>

/** Records an action in the audit trail and in the order's timeline. `more`: the reason and further details. */
export async function noteOrderDeed(
  deps: Deps,
  by: Principal,
  deed: OrderDeed,
  { source, number, connections, ...more }: OrderPlace & DeedParts & Readonly<Record<string, unknown>>,
): Promise<void> {
  const target = orderText({ source, number })
  await noteChange(deps, by, { what: `${ORDER_DEEDS}.${deed}`, target, after: { source, connections, ...more } })
  const reason = typeof more['reason'] === 'string' ? more['reason'] : null
  await tellTimeline(deps, by, deed, { source, number, connections, reason })
}

/** Records an action in the order's timeline only. */
export async function tellTimeline(
  { tables, clock }: Pick<Deps, 'tables' | 'clock'>,
  by: Principal,
  deed: OrderDeed | ShareDeed,
  { source, number, connections, reason }: OrderPlace & DeedParts & { readonly reason: string | null },
): Promise<void> {
  const done = { source, number, deed, by: nameOf(by), reason, at: clock.now() }
  await keepOrderDeeds(
    tables,
    connections.map((connection) => ({ ...done, connection })),
  )
}

/** Null: the entry does not name them, like entries of earlier releases. */
export function deedPartsOf({ after }: Pick<AuditEntry, 'after'>): DeedParts | null {
  return isDeedParts(after) ? after : null
}

function isDeedParts(after: unknown): after is DeedParts {
  return typeof after === 'object' && after !== null && 'source' in after && 'connections' in after
}
