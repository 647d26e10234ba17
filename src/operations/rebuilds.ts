import type { RebuildPreview } from '../projections/rebuild/create-rebuilds.ts'
import { openRebuilds, type Rebuild } from '../projections/rebuild/rebuild.ts'
import { noteChange, noteNothing } from './audit.ts'
import { type Affected, assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, sees, within } from './scope.ts'

type Deps = Pick<OperationDeps, 'rebuilds'>
type Audited = Pick<OperationDeps, 'audit'>

/** A feed table has the rows of all connections. */
const EVERYONES = { connection: null }

/** A feed table is built again from its topic, beside the live one. Throws `request_invalid` and `state_conflict`. */
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

/** How many events it would be; nothing is begun. */
export async function previewRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<RebuildPreview> {
  assertSeesAll(by)
  noteNothing(by)
  return await rebuilds.preview(table)
}

/** The newest first. */
export async function listRebuilds({ rebuilds }: Deps, by: Principal, limit: number): Promise<Scoped<Rebuild>> {
  return within(by.scope, await rebuilds.list(limit), () => EVERYONES)
}

/** Throws `not_found`. */
export async function showRebuild({ rebuilds }: Deps, by: Principal, id: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.get(id)
}

/** The one of a table that is not decided yet. Throws `not_found`. */
export async function undecidedRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.openOf(table)
}

/** The one that a table was switched to, where that can be undone. Throws `not_found`. */
export async function undoableRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.switchedOf(table)
}

/** `confirm`: whatever it affects. */
interface RebuildDecision {
  readonly id: string
  readonly decision: 'switch' | 'drop' | 'undo'
  readonly confirm?: boolean
}

/** `switch`: readers get the rebuilt table from now on. `undo`: they get the one before again. `drop`: it goes. Throws `not_found`, `state_conflict` and `confirmation_needed`. */
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

/** What it is, and what it affects: nothing where it is refused, or was decided so already. */
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
    const what = `the undo of rebuild ${id}, after which every reader begins again,`
    return [what, state === 'switched' ? { ...back, rows: Math.max(rows_live, 1) } : {}]
  }
  const affected = { 'rows that go': only_live, 'rows that come': only_rebuilt, 'rows that differ': differing }
  // Cursors of every reader expire, whatever the rows.
  const what = `the switch of rebuild ${id}, after which every reader begins again,`
  return [what, state === 'ready' ? { ...affected, rows: Math.max(rows_rebuilt, 1) } : {}]
}

function assertSeesAll(by: Principal): void {
  if (sees(by.scope, EVERYONES)) return
  const what = 'feed tables have the rows of all connections, and you see some'
  throw notFound(by, { field: 'table', api: what, cli: what })
}
