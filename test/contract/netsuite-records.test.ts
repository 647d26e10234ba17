import { pino } from 'pino'
import { afterAll } from 'vitest'
import type { Simulator } from '../../simulators/harness/simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import { wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { createNetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { localNetwork } from '../data/loopback.ts'
import { testNetSuiteRecords } from '../worlds/netsuite-contract.ts'
import { catalogFile, governors, wallClock } from '../worlds/sources.ts'

let simulator: Simulator | undefined
afterAll(async () => await simulator?.close())

testNetSuiteRecords(async () => {
  simulator = await startNetSuiteSimulator({ dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 3 })
  const { account } = NETSUITE_CREDENTIALS
  const settings = { baseUrl: simulator.url, account, credentials: NETSUITE_CREDENTIALS, limits: { concurrency: 2 } }
  const client = createNetSuiteClient(settings, {
    clock: wallClock,
    governors,
    network: localNetwork,
    logger: pino({ level: 'silent' }),
  })
  const state = wireOf(await (await fetch(`${simulator.url}/_sim/state`)).json())
  const skus = wiresOf(state['items']).map(({ itemId }) => String(itemId))
  const { url } = simulator
  return {
    client,
    skus: skus.slice(0, 2),
    async fulfil({ id }, pieces) {
      const lines = [...pieces].map(([line, quantity]) => ({ line, quantity }))
      const body = JSON.stringify({ lines })
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${url}/_sim/orders/${id}/fulfil`, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(await answer.text())
    },
  }
})
