import type { Connection } from '../../src/configuration/model.ts'
import { type Decimal8, greatest, least, subtract, ZERO8 } from '../../src/events/decimal.ts'
import type { Order, OrderChanged, OrderLine } from '../../src/events/generated/events.ts'
import { compareVersions } from '../../src/events/version.ts'
import { orderConnections } from './configuration.ts'

export interface WantedLine {
  readonly line: OrderLine
  readonly quantity: Decimal8
}

/** What a vendor is to have of an order in the end. */
export type Wanted =
  /** It was never told of it. */
  | { readonly what: 'nothing' }
  /** It had it, and nothing of it is to be delivered any more, or not before the shop releases it. */
  | { readonly what: 'nothing open' }
  | { readonly what: 'lines'; readonly lines: readonly WantedLine[]; readonly waits: boolean }
  | { readonly what: 'a dead letter' }

const HOLD = ['holded', 'payment_review']

/** The connections that claim an SKU. */
function claimants(sku: string): readonly string[] {
  return orderConnections
    .filter(({ ownership }) => 'skuPattern' in ownership && new RegExp(ownership.skuPattern).test(sku))
    .map(({ id }) => id)
}

/**
 * What a vendor is to have, from all that the topic tells of an order, in its sequence; nothing of the code under test is
 * asked for it. What was refunded before it was shipped stays taken back, whatever is shipped later.
 */
export function wantedOf(events: readonly OrderChanged[], connection: Connection): Wanted {
  let newest: OrderChanged | undefined
  let back: ReadonlyMap<string, Decimal8> = new Map()
  let had = false
  let wanted: Wanted = { what: 'nothing' }
  for (const event of events) {
    if (newest !== undefined && compareVersions(event, newest) < 0) continue
    newest = event
    back = takenBack(event.data, back)
    wanted = judge(event.data, back, connection, had)
    had ||= wanted.what === 'lines'
  }
  return wanted
}

/** By line id. */
function takenBack({ lines, state }: Order, known: ReadonlyMap<string, Decimal8>): ReadonlyMap<string, Decimal8> {
  return new Map(
    lines.map((line) => {
      const left = greatest(ZERO8, subtract(line.quantityOrdered, line.quantityCanceled))
      const refunded = state === 'closed' ? greatest(line.quantityRefunded, left) : line.quantityRefunded
      const stays = least(known.get(line.lineId) ?? ZERO8, refunded)
      return [line.lineId, least(left, greatest(stays, subtract(refunded, line.quantityShipped)))]
    }),
  )
}

function judge(order: Order, back: ReadonlyMap<string, Decimal8>, { id, hold }: Connection, had: boolean): Wanted {
  const { state, lines } = order
  const nothing: Wanted = { what: had ? 'nothing open' : 'nothing' }
  const own = lines
    .filter(({ sku }) => claimants(sku).length === 1 && claimants(sku)[0] === id)
    .map((line) => counted(line, back.get(line.lineId) ?? ZERO8))
  const isBegun = own.some(({ line }) => line.quantityShipped > 0n)
  const isOpen = own.some(({ open }) => open > 0n)
  const isDelivered = isBegun && !isOpen
  const asOrdered: Wanted = { what: 'lines', lines: own, waits: false }
  if (isDelivered) return had ? asOrdered : nothing
  if (state === 'canceled' || (state === 'closed' && !(had && isBegun))) return nothing
  const waits = HOLD.includes(state)
  if (waits && !(had && hold?.tell === true)) return nothing
  const begins = state === 'processing' || (isOpen && lines.some(({ quantityShipped }) => quantityShipped > 0n))
  if (!had && !begins) return nothing
  if (lines.some(({ sku }) => claimants(sku).length > 1)) return { what: 'a dead letter' }
  if (own.every(({ quantity }) => quantity === 0n)) return nothing
  return { ...asOrdered, waits }
}

/** ordered − canceled − max(0, refunded − shipped); of these, what is still to be shipped. */
function counted(line: OrderLine, back: Decimal8) {
  const quantity = greatest(ZERO8, subtract(subtract(line.quantityOrdered, line.quantityCanceled), back))
  const gone = greatest(line.quantityShipped, subtract(line.quantityRefunded, back))
  return { line, quantity, open: greatest(ZERO8, subtract(quantity, gone)) }
}
