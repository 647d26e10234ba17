import type { Configuration } from '../../configuration/model.ts'
import type { SystemTypes } from '../../configuration/system-type.ts'
import { type Finding, warn } from './finding.ts'

/**
 * Finds connections that never receive an order: their `orderStates` names no state of the shop's type. `validate`
 * rejects such a document; this check finds documents that were stored before it did.
 */
export function connectionsCheck(
  { systems, connections }: Pick<Configuration, 'systems' | 'connections'>,
  types: SystemTypes,
): readonly Finding[] {
  const typeOf = new Map(systems.map(({ id, type }) => [id, type]))
  return connections.flatMap(({ id, shop, orderStates }) => {
    const type = typeOf.get(shop) ?? ''
    const { known, begin } = types.get(type)?.orderStates ?? { known: null, begin: null }
    if (orderStates === null || known === null || orderStates.some((state) => known.includes(state))) return []
    const named = orderStates.length === 0 ? 'none' : orderStates.join(', ')
    const fix = `remove orderStates (orders then begin in ${begin?.join(', ') ?? 'any'}), or use some of: ${known.join(', ')}`
    return [warn(`connection ${id}`, `no order can begin: orderStates is ${named}, which no ${type} order has`, fix)]
  })
}
