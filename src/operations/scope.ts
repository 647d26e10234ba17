/** Visible ids: all, or these. */
export type Ids = 'all' | ReadonlySet<string>

/** Connections and systems that a caller may see and change. Shops, vendors and sources of a feed are systems. */
export interface Scope {
  readonly connections: Ids
  readonly systems: Ids
}

/** The owner of an object. A null connection: no single one, so only callers who see all connections see it. */
export type Owner =
  | { readonly connection: string | null }
  | { readonly system: string }
  /** A system and the connections that it goes to: access to either is enough. */
  | { readonly system: string; readonly connections: readonly string[] }

declare const scoped: unique symbol

/**
 * Rows that a scope may see. Only `within` makes them, and lists must return them, so a list that forgets the scope
 * does not compile.
 */
export type Scoped<T> = readonly T[] & { readonly [scoped]: true }

/** One page of a list. */
export interface Page<T> {
  readonly items: Scoped<T>
  /** Place of the next page; null at the end. With a rare filter a page may have few or no items and yet a `next`. */
  readonly next: string | null
}

/** The rows that the scope may see. */
export function within<T>(scope: Scope, rows: readonly T[], ownerOf: (row: T) => Owner): Scoped<T> {
  return rows.filter((row) => sees(scope, ownerOf(row))) as readonly T[] as Scoped<T>
}

export function sees({ connections, systems }: Scope, owner: Owner): boolean {
  if ('connection' in owner) return includes(connections, owner.connection)
  if (includes(systems, owner.system)) return true
  return 'connections' in owner && owner.connections.some((id) => includes(connections, id))
}

/** Whether the scope may see everything. */
export function seesAll({ connections, systems }: Scope): boolean {
  return connections === 'all' && systems === 'all'
}

function includes(ids: Ids, id: string | null): boolean {
  return ids === 'all' || (id !== null && ids.has(id))
}
