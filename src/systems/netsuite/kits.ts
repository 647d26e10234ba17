import { StreamError } from '../../errors.ts'
import { add, type Decimal8, decimal8, text8, ZERO8 } from '../../events/decimal.ts'
import type { Inventory, LocationStock } from '../../events/generated/events.ts'
import { stringifyExact } from '../../platform/json.ts'
import { requireSku } from '../kit/sku.ts'
import { needOf, requireText, textOf, type Wire } from '../kit/wire.ts'

/** A row of a kit's members: `member` (id), `quantity`, `itemid`, `itemtype`. */
export type MemberRow = Wire

/** How many pieces of a stocked item one kit needs. */
export interface Need {
  readonly item: string
  readonly sku: string
  readonly quantity: Decimal8
}

const STOCKED: readonly string[] = ['InvtPart', 'Assembly']
/** Most levels of kits within kits; deeper nesting is a cycle. */
const DEEPEST = 20
const ONE = decimal8('1', 'quantity')

/**
 * The stocked items that a kit needs, including those of kits within it. Members without stock (services, non-inventory
 * items) do not limit it. Throws `value_missing`, `decimal_invalid`, and `source_data_invalid` for a kit that contains
 * itself.
 */
export function needsOf(kit: string, membersOf: ReadonlyMap<string, readonly MemberRow[]>): Need[] {
  const needs = new Map<string, Need>()
  const visit = (id: string, pieces: Decimal8, depth: number): void => {
    if (depth > DEEPEST)
      throw new StreamError('source_data_invalid', `kit ${kit} contains itself`, { field: 'itemmember' })
    for (const row of membersOf.get(id) ?? []) {
      const quantity = times(pieces, needOf(row, 'quantity', 'itemmember.') ?? ZERO8)
      const item = requireText(row, 'member')
      const type = textOf(row['itemtype']) ?? ''
      if (type === 'Kit') visit(item, quantity, depth + 1)
      if (!STOCKED.includes(type) || quantity <= 0n) continue
      const known = needs.get(item)
      const sku = requireSku(row, 'itemid')
      needs.set(item, { item, sku, quantity: known === undefined ? quantity : add(known.quantity, quantity) })
    }
  }
  visit(kit, ONE, 0)
  return [...needs.values()]
}

/** Whether a kit has members, but none with stock. */
export function isOfServices(kit: string, membersOf: ReadonlyMap<string, readonly MemberRow[]>): boolean {
  return (membersOf.get(kit) ?? []).length > 0 && needsOf(kit, membersOf).length === 0
}

/** The stock of a kit of services; `pieces` is `settings.serviceKitStock`. */
export function serviceKit(sku: string, pieces: number): Inventory {
  if (pieces === 0) return { sku, locations: [], attributes: {} }
  const level = decimal8(String(pieces), 'serviceKitStock')
  return { sku, locations: [{ location: 'services', onHand: level, available: level, attributes: {} }], attributes: {} }
}

/**
 * A kit's stock: at each location, as many kits as the members there allow. A kit without stocked members has no
 * locations.
 */
export function kitInventory(sku: string, needs: readonly Need[], stock: ReadonlyMap<string, Inventory>): Inventory {
  const names = new Set(needs.flatMap(({ item }) => (stock.get(item)?.locations ?? []).map(({ location }) => location)))
  const locations = [...names].toSorted().map((location): LocationStock => {
    const enoughFor = (field: 'onHand' | 'available') => {
      const counts = needs.map(({ item, quantity }) => {
        const there = stock.get(item)?.locations.find((one) => one.location === location)
        return wholes(there?.[field] ?? ZERO8, quantity)
      })
      return counts.toSorted((a, b) => (a < b ? -1 : 1))[0] ?? ZERO8
    }
    return { location, onHand: enoughFor('onHand'), available: enoughFor('available'), attributes: {} }
  })
  const members = needs.map((need) => ({ sku: need.sku, quantity: text8(need.quantity) }))
  return { sku, locations, attributes: { members: stringifyExact(members) } }
}

/** How many times `each` fits into `amount`; 0 for negative stock. */
function wholes(amount: Decimal8, each: Decimal8): Decimal8 {
  return amount <= 0n ? ZERO8 : decimal8(String(amount / each), 'quantity')
}

/** Rounded up, so that a kit's need is never understated. */
function times(a: Decimal8, b: Decimal8): Decimal8 {
  const product = a * b
  return ((product + ONE - 1n) / ONE) as Decimal8
}
