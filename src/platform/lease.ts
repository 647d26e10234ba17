import type { Change, Condition, Item, Key, Tables } from './dynamodb/tables.ts'

/** In which columns a table keeps its leases. */
export interface LeaseColumns {
  /** Milliseconds UTC until which the row is somebody's; 0, or none: it is nobody's. */
  readonly until: string
  /**
   * What distinguishes a holder from those before and after it: a number that grows with each taking (a fence token), or the
   * holder's name. One whose token is not the row's any more has lost it, and can't write it.
   */
  readonly token: string
}

/** A row of somebody's. */
export interface HeldRow {
  readonly key: Key
  readonly token: number | string
}

type LeaseChange = Pick<Change, 'set' | 'remove'>

/**
 * Rows of one table that are held for a time, each by one process at once. Whoever holds a row extends it while it works,
 * and gives it back at the end; a row whose holder died is taken over when its time is over. Each call is one write by
 * condition: null means that it was not done.
 */
export interface Leases {
  /** Takes a row that is nobody's at `now`, where `when` holds. */
  take(
    row: HeldRow,
    time: { readonly now: number; readonly until: number },
    more?: LeaseChange & { readonly when?: readonly Condition[] },
  ): Promise<Item | null>
  /** The heartbeat. Null: the row is another's now. */
  extend(row: HeldRow, until: number, more?: LeaseChange): Promise<Item | null>
  /** Gives the row back before its time is over. */
  release(row: HeldRow, more?: LeaseChange): Promise<Item | null>
  /** A change by the holder, as long as `when` holds; its time stays. */
  change(row: HeldRow, change: LeaseChange, when?: readonly Condition[]): Promise<Item | null>
  /** Gives the row back, and it goes. */
  drop(row: HeldRow): Promise<boolean>
}

export function createLeases(tables: Tables, table: string, columns: LeaseColumns): Leases {
  const held = ({ token }: HeldRow): Condition => ({ attribute: columns.token, is: '=', value: token })
  const change: Leases['change'] = (row, asked, when = []) => {
    const condition = when.length === 0 ? held(row) : { allOf: [held(row), ...when] }
    return tables.update(table, row.key, asked, condition)
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
      return tables.update(table, key, taken, { allOf: [isFree, ...when] })
    },
  }
}

/** Whether it is time for a heartbeat: half of the lease is over. */
export function isHalfOver(until: number, now: number, leaseMs: number): boolean {
  return until - now <= leaseMs / 2
}
