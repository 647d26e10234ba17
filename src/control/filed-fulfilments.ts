import { StreamError } from '../errors.ts'
import { add, type Decimal8, decimal8, ZERO8 } from '../events/decimal.ts'
import { recordKey } from '../events/topics.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, number, oneOf, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

/** What a vendor's people say of their part of an order: that they deliver it, or that they sent something of it. */
export const filedKinds = ['confirmation', 'shipment'] as const
export type FiledKind = (typeof filedKinds)[number]

/** One of them. */
export interface Filed {
  readonly id: string
  readonly kind: FiledKind
  /** Of all that was said: the same again is the same. */
  readonly digest: string
  /** When it was said first, milliseconds: its event carries this time, however often it is sent. */
  readonly at: number
  readonly lines: readonly FiledLine[]
}

/** Pieces of a line of the shop's order; a decimal as text. */
export interface FiledLine {
  readonly line: string
  readonly quantity: string
}

interface FiledRow {
  /** connection|shop|number. */
  readonly order: string
  readonly filed: readonly Filed[]
  /** Grows with each change: what a write is compared with. */
  readonly revision: number
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

const FILED_FULFILMENTS = 'filed_fulfilments'

export const filedTables: readonly TableDefinition[] = [
  { name: FILED_FULFILMENTS, partitionKey: 'order', expires: 'expires' },
]

const filedRows = rowType<FiledRow>(FILED_FULFILMENTS, ['order'], {
  order: text,
  filed: list(
    map<Filed>({
      id: text,
      kind: oneOf(...filedKinds),
      digest: text,
      at: number,
      lines: list(map<FiledLine>({ line: text, quantity: text })),
    }),
  ),
  revision: number,
  expires: number,
})

/** Whose part of which order. */
export interface PartPlace {
  readonly connection: string
  /** The shop. */
  readonly source: string
  readonly number: string
}

/** Of one order: a row holds all of them. */
const MOST_FILED = 200
/** Two people at one order are rare; more refusals in a row than this mean something else is wrong. */
const TRIES = 20

const keyOf = ({ connection, source, number: of }: PartPlace) => ({ order: recordKey(connection, source, of) })

/** What was filed of a part. */
export async function listFiled(tables: Tables, place: PartPlace): Promise<readonly Filed[]> {
  return (await rowsOf(tables, filedRows).get(keyOf(place)))?.filed ?? []
}

/**
 * Files it, once: the same again is what was filed first. `check` sees what was filed before, and throws where there is no room
 * for more; of two that come at once the second is checked with the first. Throws `state_conflict` for something else under
 * the same id.
 */
export async function file(
  tables: Tables,
  place: PartPlace,
  wanted: Filed,
  check: (before: readonly Filed[]) => void,
): Promise<Filed> {
  const rows = rowsOf(tables, filedRows)
  for (let tries = 0; tries < TRIES; tries += 1) {
    const row = await rows.get(keyOf(place))
    const before = row?.filed ?? []
    const known = before.find(({ id }) => id === wanted.id)
    if (known?.digest === wanted.digest) return known
    if (known !== undefined) {
      const message = 'idempotency-key: something else was sent under this key; send each under its own'
      throw new StreamError('state_conflict', message, { field: 'idempotency-key' })
    }
    if (before.length >= MOST_FILED) {
      throw new StreamError(
        'state_conflict',
        `${MOST_FILED} shipments of this order were entered; there is room for no more`,
      )
    }
    check(before)
    const expires = expiresAfter(wanted.at, keptDays.filedFulfilments)
    const next = { ...keyOf(place), filed: [...before, wanted], revision: (row?.revision ?? 0) + 1, expires }
    const asRead =
      row === undefined
        ? ({ absent: 'order' } as const)
        : ({ attribute: 'revision', is: '=', value: row.revision } as const)
    if (await rows.put(next, asRead)) return wanted
  }
  throw new StreamError('concurrent_change', 'this order is changed all the time; send it again')
}

/** Pieces that were shipped of a line. */
export function shippedOf(filed: readonly Filed[], line: string): Decimal8 {
  const own = filed.filter(({ kind }) => kind === 'shipment').flatMap(({ lines }) => lines)
  return own
    .filter((one) => one.line === line)
    .reduce((sum, { quantity }) => add(sum, decimal8(quantity, 'quantity')), ZERO8)
}
