import type { Account } from './account.ts'
import type { Reference } from './fields.ts'
import { invalidContent } from './problems.ts'

/** Checks that a location of an order or of a line exists. @throws NetSuiteProblem */
export function createLocationCheck({ database }: Account): (sent: unknown, path: string) => void {
  const find = database.prepare('SELECT id FROM sim_location WHERE id = ?')
  return (sent, path) => {
    const id = (sent as Reference | null | undefined)?.id
    if (id === undefined || find.get(id) !== undefined) return
    throw invalidContent(path, `Invalid Field Value ${id} for the following field: location`)
  }
}
