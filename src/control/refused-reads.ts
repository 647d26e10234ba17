import type { Tables } from '../platform/dynamodb/tables.ts'
import { listRuns } from './runs.ts'

const MINUTE = 60_000
/** Runs considered: with each refusal the wait doubles, up to 32 minutes. */
const RUNS = 6

/** Whether the ticks of a read are skipped now. */
export type IsResting = (read: string, now: number) => Promise<boolean>

/**
 * A read whose system refused the credentials rests for one minute, then two, four …: wrong credentials at each tick
 * would lock the account at SAP and Magento. A run that somebody requests starts at once, and if it succeeds the
 * schedule resumes.
 */
export function restsAfterRefusal(tables: Tables): IsResting {
  return async (read, now) => {
    const runs = await listRuns(tables, { read, limit: RUNS })
    // A canceled run says nothing about the credentials.
    const ended = runs.filter(
      ({ state, cancel }) => state !== 'due' && state !== 'running' && state !== 'merged' && cancel === null,
    )
    const other = ended.findIndex(({ error }) => error?.code !== 'credentials_refused')
    const refused = other < 0 ? ended : ended.slice(0, other)
    const last = refused[0]?.ended_at
    return last !== undefined && last !== null && now < Date.parse(last) + MINUTE * 2 ** (refused.length - 1)
  }
}
