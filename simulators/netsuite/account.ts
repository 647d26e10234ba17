import type { DatabaseSync } from 'node:sqlite'
import type { SimulatorClock } from '../harness/clock.ts'
import type { AccountTime } from './account-time.ts'
import type { AccountRules } from './rules.ts'

/** State shared by every part of one simulated account. */
export interface Account {
  database: DatabaseSync
  clock: SimulatorClock
  time: AccountTime
  rules: AccountRules
}

/** A record or a part of one, in wire form. */
export type Wire = Record<string, unknown>

/** ISO 8601 in UTC, as the record service shows date-times. */
export function isoTime(milliseconds: unknown): string {
  return new Date(Number(milliseconds)).toISOString().replace('.000Z', 'Z')
}

/** The address of a record on the called host. */
export function recordUrl(origin: string, type: string, id: number | string): string {
  return `${origin}/services/rest/record/v1/${type}/${id}`
}

export function selfLink(href: string): { rel: string; href: string }[] {
  return [{ rel: 'self', href }]
}

/** Leaves out null and undefined: the record service omits empty fields. */
export function present(record: Wire): Wire {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== undefined))
}
