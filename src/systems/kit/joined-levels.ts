import { add } from '../../events/decimal.ts'
import type { LocationStock } from '../../events/generated/events.ts'
import { sellable } from '../../events/stock.ts'

/** One level of each location: where there are several, what all of them have. One that owes takes nothing from the others. */
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
