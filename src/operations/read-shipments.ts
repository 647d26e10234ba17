import type { Configuration, Read } from '../configuration/model.ts'

/** The read of what a connection's vendor shipped; undefined: its ERP is not read for it, and the vendor's people enter it. */
export function readOfShipments(
  { systems, connections }: Pick<Configuration, 'systems' | 'connections'>,
  connection: string,
): Read | undefined {
  const found = connections.find(({ id }) => id === connection)
  const reads = systems.find(({ id }) => id === found?.vendor)?.reads ?? []
  return reads.find(({ id, entity }) => entity === 'fulfilments' && found?.reads.includes(id) === true)
}
