import { StreamError } from '../errors.ts'
import type { Principal } from './principal.ts'

/** Counts of what an irreversible operation would affect, by name, such as `open dead letters`. */
export type Affected = Readonly<Record<string, number>>

/** Throws `confirmation_needed` with the counts, unless they are all zero or the caller confirmed. */
export function assertConfirmed({ kind }: Principal, what: string, affected: Affected, confirmed: boolean): void {
  const counts = Object.entries(affected).filter(([, count]) => count > 0)
  if (confirmed || counts.length === 0) return
  const way = kind === 'cli' ? '--yes' : '"confirm": true'
  const text = counts.map(([name, count]) => `${name}: ${count}`).join(', ')
  throw new StreamError('confirmation_needed', `confirm: ${what} affects ${text}; send it again with ${way}`, {
    field: 'confirm',
    details: Object.fromEntries(counts),
  })
}
