/**
 * Name of an order at a vendor: `<connection>-<key>`, or `<connection>_<key>` if the key contains a hyphen. Names are
 * unique: no connection id contains `_`, and in the first form the key follows the last hyphen.
 */
export function orderReference(connection: string, key: string): string {
  return key.includes('-') ? `${connection}_${key}` : `${connection}-${key}`
}

/** Name that an earlier release used, if different: it named both 2-17 of `bc` and 17 of `bc-2` as `bc-2-17`. */
export function earlierReference(connection: string, key: string): string | null {
  const earlier = `${connection}-${key}`
  return earlier === orderReference(connection, key) ? null : earlier
}

/** The connection and order key of a reference; null: it belongs to none of them. */
export function orderOf(
  reference: string,
  connections: readonly { readonly id: string }[],
): { readonly connection: string; readonly key: string } | null {
  const begun = (end: string) => connections.filter(({ id }) => reference.startsWith(id + end))
  const hyphenated = begun('_').filter(({ id }) => reference.includes('-', id.length + 1))
  // In names of earlier releases, `a-b-7` may belong to `a` or to `a-b`: the longer id wins.
  const [owner] = [...hyphenated, ...begun('-').toSorted((a, b) => b.id.length - a.id.length)]
  return owner === undefined ? null : { connection: owner.id, key: reference.slice(owner.id.length + 1) }
}
