import { add } from '../../events/decimal.ts'
import type { LocationStock } from '../../events/generated/events.ts'
import { sellable } from '../../events/stock.ts'

/** One stock level per location: the sum if there are several. A negative level does not reduce the others. */
export function joinedLevels(levels: readonly LocationStock[]): LocationStock[] {
  return [...Map.groupBy(levels, ({ location }) => location).values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [others.reduce(joined, first)],
  )
}

function joined(one: LocationStock, other: LocationStock): LocationStock {
  return {
    ...one,
    onHand: add(one.onHand, other.onHand),
    available: add(sellable(one.available), sellable(other.available)),
  }
}
