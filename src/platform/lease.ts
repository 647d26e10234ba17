import type { Change, Condition, Item, Key, Tables } from './dynamodb/tables.ts'

/** Columns of a table that hold the lease. */
export interface LeaseColumns {
  /** End of the lease in milliseconds UTC; 0 or missing: the row is free. */
  readonly until: string
  /**
   * Distinguishes a holder from those before and after it: a number that grows with each lease (a fence token), or the
   * holder's name. A holder whose token differs from the row's has lost the lease and can't write the row.
   */
  readonly token: string
}

/** A row with the token of its holder. */
export interface HeldRow {
  readonly key: Key
  readonly token: number | string
}

type LeaseChange = Pick<Change, 'set' | 'remove'>

/**
 * Leases of the rows of one table: one process at a time holds a row. The holder extends its lease while it works and
 * releases it at the end; the row of a holder that died is taken over when the lease expires. Each call is one
 * conditional write: null means that the condition did not hold and nothing was written.
 */
export interface Leases {
  /** Takes a row that is free at `now` and for which `when` holds. */
  take(
    row: HeldRow,
    time: { readonly now: number; readonly until: number },
    more?: LeaseChange & { readonly when?: readonly Condition[] },
  ): Promise<Item | null>
  /** The heartbeat. Null: another process holds the row now. */
  extend(row: HeldRow, until: number, more?: LeaseChange): Promise<Item | null>
  /** Releases the row before its lease expires. */
  release(row: HeldRow, more?: LeaseChange): Promise<Item | null>
  /** Changes the row as its holder if `when` holds; the lease keeps its end. */
  change(row: HeldRow, change: LeaseChange, when?: readonly Condition[]): Promise<Item | null>
  /** Deletes the row as its holder. */
  drop(row: HeldRow): Promise<boolean>
}

export function createLeases(tables: Tables, table: string, columns: LeaseColumns): Leases {
  const held = ({ token }: HeldRow): Condition => ({ attribute: columns.token, is: '=', value: token })
  const change: Leases['change'] = (row, asked, when = []) => {
    if (when.length === 0) return tables.update(table, row.key, asked, held(row))
    return tables.update(table, row.key, asked, { mine: { allOf: [held(row), ...when] } })
  }
  const extend: Leases['extend'] = (row, until, { set, ...more } = {}) =>
    change(row, { ...more, set: { ...set, [columns.until]: until } })
  return {
    change,
    extend,
    release: (row, more) => extend(row, 0, more),
    drop: (row) => tables.delete(table, row.key, held(row)),
    take({ key, token }, { now, until }, { set, when = [], ...more } = {}) {
      const isFree: Condition = {
        anyOf: [{ absent: columns.until }, { attribute: columns.until, is: '<=', value: now }],
      }
      const taken = { ...more, set: { ...set, [columns.token]: token, [columns.until]: until } }
      return tables.update(table, key, taken, { mine: { allOf: [isFree, ...when] } })
    },
  }
}

/** Whether a heartbeat is due: half of the lease is over. */
export function isHalfOver(until: number, now: number, leaseMs: number): boolean {
  return until - now <= leaseMs / 2
}
