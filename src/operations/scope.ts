/** Ids that may be seen: all there are, or these. */
export type Ids = 'all' | ReadonlySet<string>

/** What somebody may see and change. Shops, vendors and the sources of a feed are systems. */
export interface Scope {
  readonly connections: Ids
  readonly systems: Ids
}

/** Whose something is. A null connection: of no single one, so only those who see all connections see it. */
export type Owner =
  | { readonly connection: string | null }
  | { readonly system: string }
  /** Of a system, and of the connections it goes to: either is enough. */
  | { readonly system: string; readonly connections: readonly string[] }

declare const scoped: unique symbol

/**
 * Rows that a scope lets through. `within` alone makes them, and lists are answered with nothing else: a list that forgets
 * the scope does not compile.
 */
export type Scoped<T> = readonly T[] & { readonly [scoped]: true }

/** One page of a list. */
export interface Page<T> {
  readonly items: Scoped<T>
  /** Place of the next page; null at the end. With a rare filter a page may have few or no items and yet a `next`. */
  readonly next: string | null
}

/** The rows that the scope lets through. */
export function within<T>(scope: Scope, rows: readonly T[], ownerOf: (row: T) => Owner): Scoped<T> {
  return rows.filter((row) => sees(scope, ownerOf(row))) as readonly T[] as Scoped<T>
}

export function sees({ connections, systems }: Scope, owner: Owner): boolean {
  if ('connection' in owner) return includes(connections, owner.connection)
  if (includes(systems, owner.system)) return true
  return 'connections' in owner && owner.connections.some((id) => includes(connections, id))
}

/** Whether there is nothing that the scope does not let through. */
export function seesAll({ connections, systems }: Scope): boolean {
  return connections === 'all' && systems === 'all'
}

function includes(ids: Ids, id: string | null): boolean {
  return ids === 'all' || (id !== null && ids.has(id))
}
