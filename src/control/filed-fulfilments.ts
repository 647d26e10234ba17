import { StreamError } from '../errors.ts'
import { add, type Decimal8, decimal8, ZERO8 } from '../events/decimal.ts'
import { recordKey } from '../events/topics.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, number, oneOf, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

/**
 * What a vendor's people report about their part of an order: that they will deliver it, that they shipped part of it,
 * or that they will not deliver what is left.
 */
export const filedKinds = ['confirmation', 'shipment', 'cancellation'] as const
export type FiledKind = (typeof filedKinds)[number]

/** One report. */
export interface Filed {
  readonly id: string
  readonly kind: FiledKind
  /** Of the whole report: an equal one is a repetition. */
  readonly digest: string
  /** When it was first reported, milliseconds: its event carries this time, however often it is sent. */
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
  /** Grows with each change; writes are conditional on it. */
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

/** A vendor's part of an order. */
export interface PartPlace {
  readonly connection: string
  /** The shop. */
  readonly source: string
  readonly number: string
}

/** Per order: one row holds all of them. */
const MOST_FILED = 200
/**
 * Two people editing one order at once are rare; more conflicts in a row than this mean that something else is wrong.
 */
const TRIES = 20

const keyOf = ({ connection, source, number: of }: PartPlace) => ({ order: recordKey(connection, source, of) })

/** The reports of a part. */
export async function listFiled(tables: Tables, place: PartPlace): Promise<readonly Filed[]> {
  return (await rowsOf(tables, filedRows).get(keyOf(place)))?.filed ?? []
}

/**
 * Stores a report once: a repetition returns the first one. `check` gets the earlier reports, and throws if the new one
 * does not fit; of two concurrent reports the second is checked against the first. Throws `state_conflict` for a
 * different report under the same id.
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
      const message = 'idempotency-key: this key was used for a different request; use a new key'
      throw new StreamError('state_conflict', message, { field: 'idempotency-key' })
    }
    if (before.length >= MOST_FILED) {
      throw new StreamError('state_conflict', `this order already has ${MOST_FILED} reported shipments, the maximum`)
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
  throw new StreamError('concurrent_change', 'this order kept changing; send the request again')
}

/** Removes a report that could not be published: it is reported again as if for the first time. */
export async function takeBackFiled(tables: Tables, place: PartPlace, id: string): Promise<void> {
  const rows = rowsOf(tables, filedRows)
  for (let tries = 0; tries < TRIES; tries += 1) {
    const row = await rows.get(keyOf(place))
    const left = row?.filed.filter((one) => one.id !== id)
    if (row === undefined || left === undefined || left.length === row.filed.length) return
    const next = { ...row, filed: left, revision: row.revision + 1 }
    if (await rows.put(next, { attribute: 'revision', is: '=', value: row.revision })) return
  }
}

/** Pieces of a line that were shipped, or that the vendor will not deliver. */
export function filedPieces(filed: readonly Filed[], kind: 'shipment' | 'cancellation', line: string): Decimal8 {
  const own = filed.filter((one) => one.kind === kind).flatMap(({ lines }) => lines)
  return own
    .filter((one) => one.line === line)
    .reduce((sum, { quantity }) => add(sum, decimal8(quantity, 'quantity')), ZERO8)
}
