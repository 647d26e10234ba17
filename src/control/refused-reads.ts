import type { Tables } from '../platform/dynamodb/tables.ts'
import { listRuns } from './runs.ts'

const MINUTE = 60_000
/** Runs that are looked at: with each refusal the wait doubles, to 32 minutes. */
const RUNS = 6

/** Whether the ticks of a read are left out now. */
export type IsResting = (read: string, now: number) => Promise<boolean>

/**
 * A read whose system refused the credentials rests for one minute, then two, four …: tried at each tick, with credentials
 * that are wrong, it would lock the account at SAP and Magento. A run that somebody requests is done at once, and with it
 * going well the schedule goes on.
 */
export function restsAfterRefusal(tables: Tables): IsResting {
  return async (read, now) => {
    const runs = await listRuns(tables, { read, limit: RUNS })
    // One that was canceled says nothing of the credentials.
    const ended = runs.filter(
      ({ state, cancel }) => state !== 'due' && state !== 'running' && state !== 'merged' && cancel === null,
    )
    const other = ended.findIndex(({ error }) => error?.code !== 'credentials_refused')
    const refused = other < 0 ? ended : ended.slice(0, other)
    const last = refused[0]?.ended_at
    return last !== undefined && last !== null && now < Date.parse(last) + MINUTE * 2 ** (refused.length - 1)
  }
}
