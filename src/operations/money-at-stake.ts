import { readConfiguration } from '../configuration/read-configuration.ts'
import { decimal4 } from '../events/decimal.ts'
import { type Amount, type OrderAmount, totalsByCurrency } from '../events/order-amounts.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import { type DeadLetterSummary, deadLetterRows } from '../projections/dead-letter-row.ts'
import { type LetterChoice, listDeadLetters } from '../projections/list-dead-letters.ts'
import type { OperationDeps } from './dependencies.ts'
import { ownEvent, seesShopOf } from './own-part.ts'
import type { Principal } from './principal.ts'
import { type Scoped, within } from './scope.ts'

/** Exact totals of the orders in a group of dead letters; `complete` false: not all were read, so there is more. */
export interface MoneyOfGroup {
  readonly group: string
  /** Null: all connections. */
  readonly connection: string | null
  /** Number of orders read; an order with several dead letters in the group counts once. */
  readonly orders: number
  readonly amounts: readonly Amount[]
  readonly complete: boolean
}

type Deps = Pick<OperationDeps, 'tables' | 'deadLetters' | 'topicPrefix'>

/** Limits per call: rows listed, dead letters read per group and in total, and their bytes. */
const LIST_PAGE = 500
const MOST_LISTED = 20_000
const MOST_OF_GROUP = 200
const MOST_READ = 1_000
const MOST_BYTES = 16 * 1024 * 1024
const AT_ONCE = 8
const ROWS_AT_ONCE = 50

/**
 * Total of the orders in dead letters, by group and currency. Reads the newest dead letters, within the limits above.
 */
export async function moneyAtStake(deps: Deps, by: Principal, choice: LetterChoice): Promise<Scoped<MoneyOfGroup>> {
  const groups = await chooseLetters(deps, by, choice)
  const letters = [...groups.values()].flatMap(({ chosen }) => chosen)
  const amounts = await readAmounts(deps, by, letters)
  const found = [...groups].map(([group, { connection, chosen, complete }]) => {
    const known = chosen.flatMap(({ id }) => amounts.get(id) ?? [])
    const orders = new Map(known.toReversed().map((amount) => [amount.order, amount]))
    const isWhole = complete && known.length === chosen.length
    return { group, connection, orders: orders.size, amounts: totalsByCurrency(orders.values()), complete: isWhole }
  })
  return within(by.scope, found, ({ connection }) => ({ connection }))
}

interface Chosen {
  readonly connection: string | null
  readonly chosen: DeadLetterSummary[]
  complete: boolean
}

async function chooseLetters({ tables, topicPrefix }: Deps, by: Principal, choice: LetterChoice) {
  const groups = new Map<string, Chosen>()
  let [listed, read, bytes] = [0, 0, 0]
  let after: string | null = null
  do {
    const page = await listDeadLetters(tables, { ...choice, seen: by.scope.connections }, LIST_PAGE, after)
    for (const letter of page.rows.filter((row) => isOfOrder(row, topicPrefix))) {
      const group = groups.get(letter.group) ?? { connection: letter.connection, chosen: [], complete: true }
      groups.set(letter.group, group)
      const fits = group.chosen.length < MOST_OF_GROUP && read < MOST_READ && bytes + letter.value_bytes <= MOST_BYTES
      if (!fits) {
        group.complete = false
        continue
      }
      group.chosen.push(letter)
      read += 1
      bytes += letter.value_bytes
    }
    listed += LIST_PAGE
    after = page.next
  } while (after !== null && listed < MOST_LISTED)
  if (after !== null) for (const group of groups.values()) group.complete = false
  return groups
}

/** Whether the dead letter's topic contains orders with totals. */
function isOfOrder({ topic }: DeadLetterSummary, prefix: string): boolean {
  const kind = topic.slice(prefix.length).split('.', 1)[0]
  return kind === 'orders' || kind === 'vendor-orders'
}

interface AmountOfOrder extends OrderAmount {
  readonly order: string
}

/**
 * Amounts by dead letter id. Skips orders that cannot be decoded, and whole orders if the caller does not see the shop.
 */
async function readAmounts(
  { tables, deadLetters, topicPrefix }: Deps,
  by: Principal,
  letters: readonly DeadLetterSummary[],
) {
  const configuration = await readConfiguration(tables)
  const amounts = new Map<string, AmountOfOrder>()
  for (let from = 0; from < letters.length; from += ROWS_AT_ONCE) {
    const keys = letters.slice(from, from + ROWS_AT_ONCE).map(({ id }) => ({ id }))
    const rows = await rowsOf(tables, deadLetterRows).listMany(keys)
    await forEachBounded(rows, AT_ONCE, async (row) => {
      const opened = await deadLetters.open(row, false).catch(() => ({ event: null }))
      const whole = seesShopOf(by, configuration, row.connection)
      const event = whole ? opened.event : ownEvent(row.topic, topicPrefix, opened.event)
      const amount = amountOf(event)
      if (amount !== undefined) amounts.set(row.id, amount)
    })
  }
  return amounts
}

interface PlainOrder {
  readonly source: string
  readonly key: string
  readonly data: { readonly currency?: unknown; readonly grandTotal?: unknown } | null
}

/** The amount of an event in the form of `toPlainEvent`. */
function amountOf(event: unknown): AmountOfOrder | undefined {
  if (event === null || event === undefined) return undefined
  const { source, key, data } = event as PlainOrder
  const { currency, grandTotal } = data ?? {}
  if (typeof currency !== 'string' || typeof grandTotal !== 'string') return undefined
  return { order: `${source}|${key}`, currency, total: decimal4(grandTotal, 'grandTotal') }
}
