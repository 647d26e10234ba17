import { setTimeout as sleep } from 'node:timers/promises'
import { postJson, requestJson } from '../../demo/http.ts'
import type { TaskAnswer } from '../../demo/summary.ts'
import type { Installation } from './installation.ts'

const LOOK_MS = 20

interface NetSuiteState {
  readonly salesOrders: readonly unknown[]
}

/** A run of a read, asked for now, until all that it read is at its end. */
export async function runRead({ api }: Installation, read: string): Promise<TaskAnswer> {
  const { task } = await postJson<{ readonly task: string }>(`${api}/v1/sync-requests`, { read })
  for (;;) {
    const answer = await taskOf(api, task)
    if (answer !== null && !['due', 'processing'].includes(answer.state)) {
      if (answer.state !== 'completed') throw new Error(`${read} ended ${answer.state}: ${answer.error?.message}`)
      return answer
    }
    await sleep(LOOK_MS)
  }
}

/** Null: the request is not taken up yet. */
async function taskOf(api: string, task: string): Promise<TaskAnswer | null> {
  const response = await fetch(`${api}/v1/tasks/${encodeURIComponent(task)}`)
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`the task answered ${response.status}: ${await response.text()}`)
  return (await response.json()) as TaskAnswer
}

/** Makes new orders in the Magento shop. */
export async function makeOrders({ simulators }: Installation, count: number): Promise<void> {
  await postJson(`${simulators.magento.url}/_sim/orders`, { count })
}

/** Orders that NetSuite has. */
export async function acceptedOrders({ simulators }: Installation): Promise<number> {
  const { salesOrders } = await requestJson<NetSuiteState>(`${simulators.netsuite.url}/_sim/state`)
  return salesOrders.length
}

/** Milliseconds from the request to read the shop's orders until the one new order is in NetSuite, and its read at its end. */
export async function orderDelayMs(installation: Installation): Promise<number> {
  const before = await acceptedOrders(installation)
  await makeOrders(installation, 1)
  const begun = performance.now()
  await runRead(installation, 'magento.orders.all')
  const delay = performance.now() - begun
  const made = (await acceptedOrders(installation)) - before
  // What the shop draws may be the seller's own goods alone.
  return made === 1 ? delay : await orderDelayMs(installation)
}
