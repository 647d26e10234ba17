import { StreamError } from '../../errors.ts'
import type { Principal } from '../principal.ts'
import { sees } from '../scope.ts'

/** Throws `request_invalid` for who does not reach everything: a copy of the tables holds all connections. */
export function assertReachesEverything(by: Principal): void {
  if (sees(by.scope, { connection: null })) return
  throw new StreamError('request_invalid', 'tables are backed up and restored by who reaches everything')
}
