import type { Configuration, StaleStock } from '../configuration/model.ts'
import { readMeta } from '../projections/feed-table.ts'
import { inventoryFeed } from '../projections/inventory-feed.ts'
import type { TableDeps } from './dependencies.ts'
import type { Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'
import { type ConnectionProblem, servedConnection } from './served-connection.ts'

/** A connection that does not run. */
export interface UnusableConnection {
  readonly connection: string
  readonly problem: ConnectionProblem
  /** The policy that the feed serves its stock by now. Null: as it was last read. */
  readonly stock: StaleStock['policy'] | null
  readonly fix: string
}

const FIXES: Readonly<Record<ConnectionProblem, string>> = {
  unreadable: 'a document of it cannot be read; apply the configuration again: waldstream apply <dir>',
  removed: 'its shop may still pull its stock; end that, or apply the connection again',
}

/**
 * Connections of which a document cannot be read, and removed ones whose stock is still in the feed, changed by their
 * policy.
 */
export async function unusableConnections(
  { tables, clock }: Pick<TableDeps, 'tables' | 'clock'>,
  by: Principal,
  { connections, unusable = [] }: Configuration,
): Promise<Scoped<UnusableConnection>> {
  const { pairs } = await readMeta(tables, inventoryFeed)
  const running = new Set(connections.map(({ id }) => id))
  const ids = new Set([...unusable, ...pairs.map(({ connection }) => connection)].filter((id) => !running.has(id)))
  const found: UnusableConnection[] = []
  for (const connection of [...ids].toSorted()) {
    const { problem, policies } = await servedConnection(tables, connection, { now: clock.now(), keptMs: 0 })
    const { staleStock } = policies
    const stock = staleStock === undefined || staleStock.policy === 'keep' ? null : staleStock.policy
    if (problem === null || (problem === 'removed' && stock === null)) continue
    found.push({ connection, problem, stock, fix: FIXES[problem] })
  }
  return within(by.scope, found, ({ connection }) => ({ connection }))
}
