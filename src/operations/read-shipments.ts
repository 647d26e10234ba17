import type { Configuration, Read } from '../configuration/model.ts'

/**
 * The read of a connection's shipments; undefined: they are not read from the ERP, but entered by the vendor's people.
 */
export function readOfShipments(
  { systems, connections }: Pick<Configuration, 'systems' | 'connections'>,
  connection: string,
): Read | undefined {
  const found = connections.find(({ id }) => id === connection)
  const reads = systems.find(({ id }) => id === found?.vendor)?.reads ?? []
  return reads.find(({ id, entity }) => entity === 'fulfilments' && found?.reads.includes(id) === true)
}
