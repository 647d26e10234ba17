import { requestJson } from '../../demo/http.ts'
import type { Installation } from './installation.ts'

/** One request that a simulator answered. */
export interface Call {
  /** ISO 8601, when it came. */
  readonly at: string
  /** Until it was answered. */
  readonly ms: number
}

export type Called = 'netsuite' | 'magento'

/** What was asked of a simulator since then. */
export async function callsOf({ simulators }: Installation, called: Called, since: Date): Promise<readonly Call[]> {
  return await requestJson<readonly Call[]>(`${simulators[called].url}/_sim/requests?since=${since.toISOString()}`)
}

/** From now on NetSuite takes so long for each answer. */
export async function slowDown({ simulators }: Installation, delayMs: number): Promise<void> {
  await requestJson(`${simulators.netsuite.url}/_sim/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ path: '.', kind: 'slow', delayMs }]),
  })
}
