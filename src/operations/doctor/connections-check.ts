import type { Configuration } from '../../configuration/model.ts'
import type { SystemTypes } from '../../configuration/system-type.ts'
import { type Finding, warn } from './finding.ts'

/**
 * Connections that no order can begin at: their `orderStates` name no state that orders of the shop's type have. `validate`
 * refuses such a document; what was stored before it did is found here.
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
    const fix = `remove orderStates (orders then begin in ${begin?.join(', ') ?? 'any'}), or name some of: ${known.join(', ')}`
    return [
      warn(`connection ${id}`, `no order can begin: its orderStates are ${named}, which no ${type} order has`, fix),
    ]
  })
}
