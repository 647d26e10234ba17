import type { RebuildPreview } from '../projections/rebuild/create-rebuilds.ts'
import { openRebuilds, type Rebuild } from '../projections/rebuild/rebuild.ts'
import { noteChange, noteNothing } from './audit.ts'
import { type Affected, assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, sees, within } from './scope.ts'

type Deps = Pick<OperationDeps, 'rebuilds'>
type Audited = Pick<OperationDeps, 'audit'>

/** A feed table contains the rows of all connections. */
const EVERYONES = { connection: null }

/** Rebuilds a feed table from its topic, beside the live one. Throws `request_invalid` and `state_conflict`. */
export async function requestRebuild(
  { rebuilds, audit }: Deps & Audited,
  by: Principal,
  { table, reason }: { readonly table: string; readonly reason: string | null },
): Promise<Rebuild> {
  assertSeesAll(by)
  const rebuild = await rebuilds.request({ table, by: by.name, reason })
  await noteChange({ audit }, by, { what: 'rebuild.request', target: rebuild.id, after: { table: rebuild.table } })
  return rebuild
}

/** Number of events that a rebuild would read; starts nothing. */
export async function previewRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<RebuildPreview> {
  assertSeesAll(by)
  noteNothing(by)
  return await rebuilds.preview(table)
}

/** Newest first. */
export async function listRebuilds({ rebuilds }: Deps, by: Principal, limit: number): Promise<Scoped<Rebuild>> {
  return within(by.scope, await rebuilds.list(limit), () => EVERYONES)
}

/** Throws `not_found`. */
export async function showRebuild({ rebuilds }: Deps, by: Principal, id: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.get(id)
}

/** A table's rebuild that is not decided yet. Throws `not_found`. */
export async function undecidedRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.openOf(table)
}

/** The rebuild that a table was switched to, if the switch can be undone. Throws `not_found`. */
export async function undoableRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.switchedOf(table)
}

/** `confirm` accepts all effects. */
interface RebuildDecision {
  readonly id: string
  readonly decision: 'switch' | 'drop' | 'undo'
  readonly confirm?: boolean
}

/**
 * `switch` makes the rebuilt table live, `undo` makes the previous table live again, `drop` removes the rebuilt table.
 * Throws `not_found`, `state_conflict` and `confirmation_needed`.
 */
export async function decideRebuild(
  { rebuilds, audit }: Deps & Audited,
  by: Principal,
  { id, decision, confirm = false }: RebuildDecision,
): Promise<Rebuild> {
  assertSeesAll(by)
  assertConfirmed(by, ...effectOf(await rebuilds.get(id), decision), confirm)
  const rebuild = await rebuilds[decision](id)
  const { table, generation } = rebuild
  await noteChange({ audit }, by, { what: `rebuild.${decision}`, target: id, after: { table, generation } })
  return rebuild
}

/** The decision's name and effects; no effects if it is refused, or was decided already. */
function effectOf(
  { id, state, difference, events }: Rebuild,
  decision: RebuildDecision['decision'],
): readonly [what: string, affected: Affected] {
  const { only_live = 0, only_rebuilt = 0, differing = 0, rows_rebuilt = 0, rows_live = 0 } = difference ?? {}
  if (decision === 'drop') {
    const isOpen = openRebuilds.includes(state)
    return [`the drop of rebuild ${id}`, isOpen ? { rebuilds: 1, rows: rows_rebuilt, 'events read': events } : {}]
  }
  if (decision === 'undo') {
    const back = { 'rows that go': only_rebuilt, 'rows that come': only_live, 'rows that differ': differing }
    const what = `the undo of rebuild ${id}, which makes every reader begin again,`
    return [what, state === 'switched' ? { ...back, rows: Math.max(rows_live, 1) } : {}]
  }
  const affected = { 'rows that go': only_live, 'rows that come': only_rebuilt, 'rows that differ': differing }
  // The cursors of all readers expire, even if no row changes.
  const what = `the switch of rebuild ${id}, which makes every reader begin again,`
  return [what, state === 'ready' ? { ...affected, rows: Math.max(rows_rebuilt, 1) } : {}]
}

function assertSeesAll(by: Principal): void {
  if (sees(by.scope, EVERYONES)) return
  const what = 'feed tables contain the rows of all connections, and you see only some connections'
  throw notFound(by, { field: 'table', api: what, cli: what })
}
