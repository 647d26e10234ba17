const COLOURS = 5

/** `own`, or the number of a connection's colour: the same everywhere on the page of an order. */
export function colourOf(connection: string | null, connections: readonly string[]): string {
  if (connection === null) return 'own'
  const index = connections.indexOf(connection)
  return index === -1 ? 'own' : `${(index % COLOURS) + 1}`
}
