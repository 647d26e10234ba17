import { gunzipSync, gzipSync } from 'node:zlib'
import { digest } from '../../events/identity.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { number, or, rowsOf, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import type { OrderClaims } from '../../rules/order-claims.ts'
import type { SkuClaims } from '../../rules/sku-claims.ts'

const STOCK_CLAIMS = 'stock_claims'

/**
 * What orders claim of vendors' stock: a row per order, a row per SKU, a row per time at which a SKU is due, and a row
 * per SKU of which more was sold than there is.
 */
export const claimTables: readonly TableDefinition[] = [
  { name: STOCK_CLAIMS, partitionKey: 'part', sortKey: 'id', expires: 'expires' },
]

interface ClaimRow {
  readonly part: string
  readonly id: string
  /** Grows with each change. */
  readonly revision: number
  /** JSON, packed if it is large; a due row has the SKU. */
  readonly state: string
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

const claimRows = rowType<ClaimRow>(STOCK_CLAIMS, ['part', 'id'], {
  part: text,
  id: text,
  revision: or(number, 0),
  state: text,
  expires: number,
})

/** What an order claims, and when its newest version was routed (milliseconds). */
export interface OrderState extends OrderClaims {
  readonly since: number
}

/** A state with the revision that a change of it must name; undefined: there is none yet. */
export interface Revised<S> {
  readonly revision: number
  readonly state: S | undefined
}

/** Place of a state in the table. */
export interface ClaimPlace {
  readonly part: string
  readonly id: string
}

export function placeOfOrder(system: string, order: string): ClaimPlace {
  return { part: `order#${system}#${order}`, id: 'order' }
}

export function placeOfSku(system: string, sku: string): ClaimPlace {
  return { part: `sku#${system}#${sku}`, id: 'sku' }
}

export interface ClaimStore {
  order(place: ClaimPlace): Promise<Revised<OrderState>>
  sku(place: ClaimPlace): Promise<Revised<SkuClaims>>
  /** False: the state changed since it was read (Guarantee 4). */
  write(place: ClaimPlace, before: Revised<unknown>, after: Revised<OrderState | SkuClaims>): Promise<boolean>
  /** Repeating it changes nothing. */
  putDue(system: string, id: string, sku: string): Promise<void>
  /** SKUs that are due before the given place, oldest first. */
  due(system: string, before: string, limit: number): Promise<readonly { readonly id: string; readonly sku: string }[]>
  removeDue(system: string, id: string): Promise<void>
  /** Notes that more of a SKU was sold than the vendor has. Repeating it changes nothing. */
  putOversold(system: string, oversold: Oversold): Promise<void>
  removeOversold(system: string, sku: string): Promise<void>
}

/** A SKU of which more was sold than the vendor has. */
export interface Oversold {
  readonly sku: string
  /** Milliseconds. */
  readonly since: number
  /** Milliseconds: nothing is sold until then, since the vendor canceled an order; null: orders claim more than there is. */
  readonly heldUntil: number | null
}

const MOST_OVERSOLD = 100

/** A plain state this large is near the limit of an item, 400 kB. Smaller ones are left readable, also for people. */
const LARGE_STATE = 300_000
/** No JSON of a state begins with it. */
const PACKED = 'gzip:'

function stateText(state: unknown): string {
  const json = JSON.stringify(state)
  return json.length <= LARGE_STATE ? json : `${PACKED}${gzipSync(json).toString('base64')}`
}

function readState(text: string): unknown {
  const json = text.startsWith(PACKED)
    ? gunzipSync(Buffer.from(text.slice(PACKED.length), 'base64')).toString('utf8')
    : text
  return JSON.parse(json)
}

/** SKUs of a vendor of which more was sold than it has, 100 at most. */
export async function listOversold(tables: Tables, system: string): Promise<readonly Oversold[]> {
  const found = await rowsOf(tables, claimRows).query({ partition: oversoldPart(system), limit: MOST_OVERSOLD })
  return found.map(({ state }) => JSON.parse(state) as Oversold)
}

const oversoldPart = (system: string) => `oversold#${system}`

export function createClaimStore(tables: Tables, clock: { now(): number }): ClaimStore {
  const rows = rowsOf(tables, claimRows)
  const duePart = (system: string) => `due#${system}`
  const expires = () => expiresAfter(clock.now(), keptDays.stockClaims)
  const read = async <S>({ part, id }: ClaimPlace): Promise<Revised<S>> => {
    const row = await rows.get({ part, id })
    return { revision: row?.revision ?? 0, state: row === undefined ? undefined : (readState(row.state) as S) }
  }
  return {
    order: (place) => read<OrderState>(place),
    sku: (place) => read<SkuClaims>(place),
    async write({ part, id }, before, { revision, state }) {
      const row = { part, id, revision, state: stateText(state), expires: expires() }
      const seen =
        before.state === undefined
          ? ({ absent: 'part' } as const)
          : ({ attribute: 'revision', is: '=', value: before.revision } as const)
      return await rows.put(row, seen)
    },
    async putDue(system, id, sku) {
      await rows.put({ part: duePart(system), id, revision: 0, state: sku, expires: expires() })
    },
    async due(system, before, limit) {
      const found = await rows.query({ partition: duePart(system), before, limit })
      return found.map(({ id, state }) => ({ id, sku: state }))
    },
    async removeDue(system, id) {
      await rows.delete({ part: duePart(system), id })
    },
    async putOversold(system, oversold) {
      const id = digest(oversold.sku)
      await rows.put({
        part: oversoldPart(system),
        id,
        revision: 0,
        state: JSON.stringify(oversold),
        expires: expires(),
      })
    },
    async removeOversold(system, sku) {
      await rows.delete({ part: oversoldPart(system), id: digest(sku) })
    },
  }
}
