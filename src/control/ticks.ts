import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { controlRows, readControl } from './read-control.ts'

/**
 * Up to where the ticks of a read's schedule were requested; stored, so that ticks missed while no process ran are
 * known.
 */
export interface TickLog {
  /** Milliseconds UTC; null: the read was never seen before. */
  handled(read: string): Promise<number | null>
  /** After the request was acknowledged (Guarantee 1); never goes back. */
  note(read: string, upTo: number): Promise<void>
}

export function tickLog(tables: Tables): TickLog {
  return {
    handled: async (read) => (await readControl(tables, read)).ticks_until,
    async note(read, upTo) {
      const change = { set: { ticks_until: upTo } }
      await rowsOf(tables, controlRows).update({ read }, change, {
        anyOf: [{ absent: 'ticks_until' }, { attribute: 'ticks_until', is: '<', value: upTo }],
      })
    },
  }
}
