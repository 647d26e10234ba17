import { expect, it } from 'vitest'
import { createSyncRequests } from '../../../src/control/sync-requests.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

/** A dispatcher that has a long queue. */
function busy() {
  let time = 0
  const slept: number[] = []
  const clock = {
    now: () => time,
    async sleep(ms: number) {
      slept.push(ms)
      time += ms
    },
  }
  const requester = { request: async () => 'task' }
  return { slept, requests: createSyncRequests({ tables: memoryTables(controlTables), requester, clock }) }
}

const wanted = { read: 'shop.orders.all', from: null, reason: null, by: 'someone', requestId: 'r1' }

it('answers a webhook at once, and who asks by the API when the dispatcher has it, for a while', async () => {
  const { slept, requests } = busy()
  expect(await requests.request({ ...wanted, trigger: 'webhook' })).toMatchObject({ state: 'requested', isNew: true })
  expect(slept).toEqual([])
  await requests.request({ ...wanted, requestId: 'r2', trigger: 'api' })
  expect(slept.length).toBeGreaterThan(1)
})
