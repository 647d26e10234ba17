/**
 * What an order is called at a vendor: `<connection>-<key>`; `<connection>_<key>` where the key has a hyphen itself. No two
 * connections' orders are called alike: no connection's id has `_`, and behind the last hyphen of the first form is the key.
 */
export function orderReference(connection: string, key: string): string {
  return key.includes('-') ? `${connection}_${key}` : `${connection}-${key}`
}

/** What an earlier release called it, where that is another name: `bc` and 2-17 were called as `bc-2` and 17. */
export function earlierReference(connection: string, key: string): string | null {
  const earlier = `${connection}-${key}`
  return earlier === orderReference(connection, key) ? null : earlier
}

/** The connection that a reference is of, and its order's key; null: of none of them. */
export function orderOf(
  reference: string,
  connections: readonly { readonly id: string }[],
): { readonly connection: string; readonly key: string } | null {
  const begun = (end: string) => connections.filter(({ id }) => reference.startsWith(id + end))
  // Of earlier releases, `a-b-7` may be of `a` or of `a-b`: the longer is meant.
  const [owner] = [...begun('_'), ...begun('-').toSorted((a, b) => b.id.length - a.id.length)]
  return owner === undefined ? null : { connection: owner.id, key: reference.slice(owner.id.length + 1) }
}
