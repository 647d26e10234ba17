import type { RebuildPreview } from '../projections/rebuild/create-rebuilds.ts'
import type { Rebuild } from '../projections/rebuild/rebuild.ts'
import type { OperationDeps } from './dependencies.ts'
import { notFound, type Principal } from './principal.ts'
import { type Scoped, sees, within } from './scope.ts'

type Deps = Pick<OperationDeps, 'rebuilds'>

/** A feed table has the rows of all connections. */
const EVERYONES = { connection: null }

/** A feed table is built again from its topic, beside the live one. Throws `request_invalid` and `state_conflict`. */
export async function requestRebuild(
  { rebuilds }: Deps,
  by: Principal,
  { table, reason }: { readonly table: string; readonly reason: string | null },
): Promise<Rebuild> {
  assertSeesAll(by)
  return await rebuilds.request({ table, by: by.name, reason })
}

/** How many events it would be; nothing is begun. */
export async function previewRebuild({ rebuilds }: Deps, by: Principal, table: string): Promise<RebuildPreview> {
  assertSeesAll(by)
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

/** `switch`: readers get the rebuilt table from now on. `drop`: it goes. Throws `not_found` and `state_conflict`. */
export async function decideRebuild(
  { rebuilds }: Deps,
  by: Principal,
  { id, decision }: { readonly id: string; readonly decision: 'switch' | 'drop' },
): Promise<Rebuild> {
  assertSeesAll(by)
  return await (decision === 'switch' ? rebuilds.switch(id) : rebuilds.drop(id))
}

function assertSeesAll(by: Principal): void {
  if (sees(by.scope, EVERYONES)) return
  const what = 'feed tables have the rows of all connections, and you see some'
  throw notFound(by, { field: 'table', api: what, cli: what })
}
