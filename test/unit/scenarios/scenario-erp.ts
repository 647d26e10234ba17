import type { Sink } from '../../../src/systems/kit/sink.ts'
import type { PlacedOrder } from '../../worlds/magento-orders.ts'

/** What people did at a vendor, as its ERP tells it. */
interface ErpAct {
  /** What the ERP calls the order; null: by its number. */
  readonly reference: string | null
  readonly number: string
  readonly lines: readonly { readonly sku: string; readonly lineId: string | null; readonly quantity: number }[]
}

/** A vendor's ERP in memory, with our sink of its orders. */
export interface ScenarioErp {
  readonly sink: Sink<'vendor-orders'>
  /** Its orders, lines as `SKU ×pieces =amount`, those that are closed in brackets; and the city, where it is another one than at first. */
  orders(): readonly string[]
  /** `ships` (or `ships-unheard`) or `closes` these pieces of rows of the newest order; without rows: all that is left of it. */
  act(verb: string, pieces: ReadonlyMap<number, number>): ErpAct
  close(): void
}

/** SKUs that the vendors have items of: bundles are none, and a dash at the end stands for an option. */
export function itemsOf({ rows }: PlacedOrder): readonly string[] {
  return [...new Set(rows.filter(({ sku }) => !sku.includes('SET')).map(({ sku }) => sku.replace(/-$/, '')))]
}

/** Where an order goes, when that is not where it was to go at first. */
export function tellCity(city: string | null): string {
  return city === null || city === 'Austin' ? '' : ` to ${city}`
}

interface ToldLine {
  readonly sku: string
  readonly quantity: number
  readonly amount: string
  readonly shipped: number
  readonly isClosed: boolean
}

export function tellLines(lines: readonly ToldLine[]): string {
  return lines
    .map(({ sku, quantity, amount, shipped, isClosed }) => {
      const text = `${sku} ×${quantity} =${amount}${shipped > 0 ? ` shipped ${shipped}` : ''}`
      return isClosed ? `(${text})` : text
    })
    .join(', ')
}
