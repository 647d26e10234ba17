import { add, decimal4, decimal8, multiply, subtract, sum, ZERO4 } from '../../src/events/decimal.ts'
import type { Inventory, Order, OrderLine } from '../../src/events/generated/events.ts'
import { lineOf, orderOf } from '../data/processor-events.ts'
import { NO_TROUBLE, type Port, type Trouble } from './network.ts'
import { type Life, plannedLives } from './plan-lives.ts'
import { type PlannedOperator, plannedOperators } from './plan-operators.ts'
import { SeededRandom } from './seeded-random.ts'

/** What of the world follows from the seed alone, before anything happens. */
export interface Plan {
  readonly seed: number
  readonly partitions: number
  readonly pageSize: number
  readonly batchSize: number
  /** Changes at the sources and the ERP, by time from the start in milliseconds. */
  readonly changes: readonly PlannedChange[]
  /** What the shop's orders become while the vendor does not answer, when all else is done. `at` is of no account. */
  readonly lastChanges: readonly PlannedOrder[]
  /** Orders that people do something with, by what they are then. */
  readonly lives: readonly Life[]
  /** What is done about orders at the vendors, by hand. */
  readonly operators: readonly PlannedOperator[]
  /** SKUs the ERP has from the start. */
  readonly erpSkus: readonly string[]
  readonly poison: boolean
  /** Until then changes happen and things go wrong. */
  readonly chaosMs: number
  readonly trouble: Readonly<Record<Port, Trouble>>
  readonly accidents: readonly Accident[]
  /** Mean time between two accidents. */
  readonly accidentEveryMs: number
  /** Of so many requests that change something, one has an accident happen to who sends it, just then. */
  readonly accidentOneIn: number
}

export type Accident = 'kill' | 'freeze' | 'terminate' | 'expire' | 'share' | 'storm'

export interface PlannedOrder {
  readonly at: number
  readonly kind: 'order'
  readonly key: string
  readonly data: Order
  readonly behind: number
}

export type PlannedChange =
  | PlannedOrder
  | {
      readonly at: number
      readonly kind: 'stock'
      readonly key: string
      readonly data: Inventory | null
      readonly deleted: boolean
      readonly behind: number
    }
  | { readonly at: number; readonly kind: 'item'; readonly sku: string }

/** Which connection owns an SKU by its first letter; AB- is claimed by both, OWN- by none. */
const SKUS = ['A-1', 'A-2', 'A-3', 'B-1', 'B-2', 'B-3', 'OWN-1']
const CLAIMED_TWICE = 'AB-1'
/** How much later than the time it bears a change may be seen; with the resolution of a second less than 3 s. */
const MOST_BEHIND_MS = 1_900
const PRICE = decimal8('10.05', 'price')

export function planOf(seed: number): Plan {
  const random = new SeededRandom(seed, 2)
  const chaosMs = random.int(30, 90) * 1000
  const late = random.chance(0.25) ? ['A-3'] : []
  const skus = [...SKUS, ...(random.chance(0.1) ? [CLAIMED_TWICE] : [])]
  const calm = random.chance(0.05)
  const troubleOf = (port: Port): Trouble => (calm || random.chance(0.3) ? NO_TROUBLE : someTrouble(random, port))
  const all: readonly Accident[] = ['kill', 'freeze', 'terminate', 'expire', 'share', 'storm']
  const trouble = {
    log: troubleOf('log'),
    tables: troubleOf('tables'),
    erp: troubleOf('erp'),
    source: troubleOf('source'),
  }
  return {
    seed,
    partitions: random.int(1, 3),
    pageSize: random.int(1, 4),
    batchSize: random.pick([1, 2, 4, 20]),
    changes: [
      ...plannedOrders(random, chaosMs, skus),
      ...plannedStock(random, chaosMs),
      ...late.map((sku) => ({ at: random.int(0, chaosMs), kind: 'item' as const, sku })),
    ],
    lastChanges: plannedLast(new SeededRandom(seed, 14), skus),
    lives: plannedLives(new SeededRandom(seed, 10), chaosMs, skus),
    operators: plannedOperators(new SeededRandom(seed, 13), chaosMs),
    erpSkus: skus.filter((sku) => !late.includes(sku)),
    poison: random.chance(0.2),
    chaosMs,
    trouble,
    accidents: calm ? [] : all.filter(() => random.chance(0.5)),
    accidentEveryMs: random.int(3, 20) * 1000,
    accidentOneIn: random.pick([20, 50, 150, 500]),
  }
}

function someTrouble(random: SeededRandom, port: Port): Trouble {
  const rate = (most: number) => (random.chance(0.5) ? random.int(0, most) : 0)
  return {
    before: rate(60),
    after: rate(60),
    late: port === 'source' ? 0 : rate(25),
    twice: port === 'tables' ? rate(120) : 0,
    slow: rate(150),
  }
}

function plannedOrders(random: SeededRandom, chaosMs: number, skus: readonly string[]): PlannedChange[] {
  return Array.from({ length: random.int(1, 5) }, (_, index) => {
    const key = `10000000${index}`
    const variants = Array.from({ length: random.int(1, 3) }, () => linesOf(random, skus))
    const first = random.int(0, chaosMs / 2)
    return Array.from({ length: random.int(1, 5) }, (_unused, version): PlannedChange => {
      const begins = random.chance(0.2) ? 'pending_payment' : 'processing'
      const state = version === 0 ? begins : random.pick(STATES)
      const at = version === 0 ? first : random.int(first, chaosMs)
      return {
        at,
        kind: 'order',
        key,
        data: orderWith(key, random.pick(variants), state),
        behind: random.int(0, random.chance(0.1) ? MOST_BEHIND_MS : 900),
      }
    })
  }).flat()
}

/** New orders, and others of those that may be there already. */
function plannedLast(random: SeededRandom, skus: readonly string[]): PlannedOrder[] {
  const keys = ['100000000', '100000001', '200000000', '200000001']
  return keys.slice(random.int(0, 2)).map((key) => {
    const state = key.startsWith('2') ? 'processing' : random.pick(STATES)
    return { at: 0, kind: 'order', key, data: orderWith(key, linesOf(random, skus), state), behind: 0 }
  })
}

const STATES = [
  'processing',
  'processing',
  'processing',
  'processing',
  'processing',
  'complete',
  'canceled',
  'closed',
  'holded',
  'payment_review',
]

function linesOf(random: SeededRandom, skus: readonly string[]): readonly OrderLine[] {
  return Array.from({ length: random.int(1, 4) }, (_, index) => {
    const quantityOrdered = decimal8(String(random.int(1, 3)), 'quantity')
    const canceled = decimal8(random.chance(0.1) ? '1' : '0', 'quantity')
    const refunded = decimal8(random.chance(0.1) ? '1' : '0', 'quantity')
    const rowTotal = multiply(quantityOrdered, PRICE)
    const amounts = { unitPrice: PRICE, rowTotal }
    const line = { quantityOrdered, quantityCanceled: canceled, quantityRefunded: refunded, ...amounts }
    return lineOf(String(index + 1), random.pick(skus), line)
  })
}

function orderWith(key: string, lines: readonly OrderLine[], state: string): Order {
  const shipping = decimal4('7.1', 'shipping')
  const subtotal = sum(lines.map(({ rowTotal }) => rowTotal))
  const more = { orderId: key, orderNumber: key, state, status: state, subtotal, shipping }
  return orderOf(lines, { ...more, grandTotal: subtract(add(subtotal, shipping), ZERO4) })
}

function plannedStock(random: SeededRandom, chaosMs: number): PlannedChange[] {
  // Few contents: what goes back to an earlier one is what is easily taken for unchanged.
  const levels = random.chance(0.5) ? ['0', '5'] : ['0', '5', '7']
  return SKUS.slice(0, random.int(2, 6)).flatMap((key) =>
    Array.from({ length: random.int(1, 8) }, (): PlannedChange => {
      const data = random.chance(0.04) ? null : stockOf(key, random.pick(levels))
      const deleted = random.chance(0.1)
      return {
        at: random.int(0, chaosMs),
        kind: 'stock',
        key,
        data,
        deleted,
        behind: random.int(0, random.chance(0.1) ? MOST_BEHIND_MS : 900),
      }
    }),
  )
}

function stockOf(sku: string, level: string): Inventory {
  const available = decimal8(level, 'available')
  return { sku, locations: [{ location: 'East', onHand: available, available, attributes: {} }], attributes: {} }
}
