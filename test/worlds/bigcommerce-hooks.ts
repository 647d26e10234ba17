import type { BigCommerceSimulator } from '../../simulators/bigcommerce/start.ts'
import { SYNC_RUNS } from '../../src/control/tables.ts'
import { apiFixture } from './api-fixture.ts'
import { connectTo } from './bigcommerce.ts'

/** Our API, listening, with the store configured; its hooks are registered at the store. */
export async function hookReceiver(store: BigCommerceSimulator, scopes: readonly string[]) {
  const { storeHash, clientSecret } = store.credentials
  const api = apiFixture({ resolveSecret: async () => clientSecret })
  // Hooks carry the time they are sent at.
  api.clock.now = () => Date.now()
  const system = {
    type: 'bigcommerce',
    address: store.url,
    settings: { storeHash },
    secrets: { accessToken: 'env:TOKEN', webhook: 'env:SECRET' },
    reads: [{ entity: 'orders', startFrom: '2026-01-01T00:00:00Z' }],
  }
  const configured = await api.send('PUT', '/v1/systems/bc', system)
  if (configured.status >= 300) throw new Error(JSON.stringify(configured.json))
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const client = await connectTo(store).client()
  for (const scope of scopes) {
    const body = { scope, destination: `${address}/v1/webhooks/bc`, is_active: true }
    await client.write({ method: 'POST', path: '/v3/hooks', body })
  }
  return {
    /** Reads that hooks had requested, each request once: the same may be sent again until its run is there. */
    requested: () => [...new Map(api.control.requested.map((one) => [one.requestId, one.read])).values()],
    /** How many runs there are that did not join another. */
    async runs(): Promise<number> {
      let count = 0
      for await (const items of api.tables.scan(SYNC_RUNS))
        count += items.filter((item) => item['state'] === 'due').length
      return count
    },
    close: () => api.app.close(),
  }
}
