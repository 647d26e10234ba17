const COLORS = 5

/** `own`, or the number of a connection's color: the same everywhere on the page of an order. */
export function colorOf(connection: string | null, connections: readonly string[]): string {
  if (connection === null) return 'own'
  const index = connections.indexOf(connection)
  return index === -1 ? 'own' : `${(index % COLORS) + 1}`
}
