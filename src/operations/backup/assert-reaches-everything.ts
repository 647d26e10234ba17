import { StreamError } from '../../errors.ts'
import type { Principal } from '../principal.ts'
import { sees } from '../scope.ts'

/** Throws `request_invalid` unless the caller has access to everything: a copy of the tables holds all connections. */
export function assertReachesEverything(by: Principal): void {
  if (sees(by.scope, { connection: null })) return
  throw new StreamError('request_invalid', 'only callers with access to everything may back up or restore tables')
}
