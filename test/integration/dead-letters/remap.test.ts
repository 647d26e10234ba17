import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { toPlainEvent } from '../../../src/platform/registry/plain-event.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { startProgram } from '../../worlds/processes.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

const CONNECTION = '/v1/connections/magento-netsuite'

const fieldsFrom = (location: string) => JSON.stringify([{ attribute: 'line.location.id', constant: location }])

let erp: { readonly url: string; close(): Promise<void> }
let installation: Installation
let roles: RunningRoles
beforeAll(async () => {
  erp = await startNetSuiteSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    seed: 7,
    vendorPattern: /^WLD-/,
  })
  const environment = {
    API_PORT: '0',
    DEMO_NETSUITE_URL: erp.url,
    DEMO_NETSUITE_CONSUMER_KEY: NETSUITE_CREDENTIALS.consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: NETSUITE_CREDENTIALS.consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: NETSUITE_CREDENTIALS.token,
    DEMO_NETSUITE_TOKEN_SECRET: NETSUITE_CREDENTIALS.tokenSecret,
  }
  // From the beginning: a change reaches processes that run within seconds only.
  const nowhere = (text: string) => text.replace('orderMap:\n', `orderMap:\n  fields: ${fieldsFrom('999')}\n`)
  installation = await install('remap', inject('services'), environment, nowhere)
  roles = await startRoles(installation.platform, ['processor', 'projector', 'api'], { schedules: false })
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
  await erp?.close()
})

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at, field by field
type Json = any

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Json> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`${roles.api?.url}${path}`, { method, ...sent, headers: { ...type, ...headers } })
  return await answer.json()
}

const erpState = async (): Promise<Json> => await (await fetch(`${erp.url}/_sim/state`)).json()

/** Has every line of an order come from one location of the ERP. */
async function shipFrom(location: string): Promise<void> {
  const { document, revision } = await call('GET', CONNECTION)
  const fields = JSON.parse(fieldsFrom(location))
  const changed = { ...document, orderMap: { ...document.orderMap, fields } }
  const { code } = await call('PUT', CONNECTION, changed, { 'if-match': `"${revision}"` })
  expect(code).toBeUndefined()
}

const letter = async (what: string, is: (one: Json) => boolean): Promise<Json> =>
  await until(what, async () => {
    const { items } = await call('GET', '/v1/dead-letters?stage=deliver-netsuite&key=R-1')
    const shown = items[0] === undefined ? null : await call('GET', `/v1/dead-letters/${items[0].id}`)
    return shown !== null && is(shown) ? shown : null
  })

it('an order that the ERP refused as it was mapped arrives once, by its retry, when the order map is right', async () => {
  const { items, locations } = await erpState()
  const sku = items.find(({ itemId }: Json) => itemId.startsWith('WLD-')).itemId
  const order = orderOf([lineOf('1', sku)], { orderNumber: 'R-1', placedAt: Date.now() })
  const { data } = toPlainEvent('orders', orderChanged({ ...order, grandTotal: order.subtotal })) as Json
  await call('POST', '/v1/orders/magento', data)
  const { id } = await letter('the ERP to refuse it', ({ state }) => state === 'open')

  // The map is as wrong as it was: what fails anew changes the same letter.
  expect(await call('POST', `/v1/dead-letters/${id}/retry`, { remap: true })).toMatchObject({ id, retry: 1 })
  const again = await letter('the retry to fail', ({ state, retries }) => state === 'open' && retries === 1)
  expect(again.history.map(({ what }: Json) => what)).toEqual(['failed', 'retried', 'failed'])

  const right = String(locations?.[0]?.id ?? 1)
  await shipFrom(right)
  const preview = await call('GET', `/v1/dead-letters/${id}/preview?remap=true`)
  expect(preview).toMatchObject({
    verdict: 'it would be sent',
    errors: [],
    changes: [{ field: expect.stringContaining('location') }],
  })
  const program = {
    name: 'waldstream',
    args: ['src/cli/main.ts', 'dead-letters', 'retry', id, '--remap', '--by', 'ann'],
  }
  const running = await startProgram({ ...program, env: { ...installation.env, LOG_LEVEL: 'silent' } })
  expect((await running.exited).code, running.output()).toBe(0)
  const resolved = await letter('the ERP to take it', ({ state }) => state === 'resolved')
  expect(resolved.history.at(-2)).toMatchObject({ what: 'retried', retry: 2, by: 'ann', reason: 'mapped again' })
  const made = (await erpState()).salesOrders
  expect(made.map((one: Json) => one.item.items.map(({ location }: Json) => location.id))).toEqual([[right]])

  // What the ERP has accepted is found by its reference, whoever asks for it once more.
  await call('POST', `/v1/dead-letters/${id}/retry`, { remap: true, force: true, reason: 'once more' })
  await letter('the last retry to end', ({ state, retries }) => state === 'resolved' && retries === 3)
  expect((await erpState()).salesOrders).toHaveLength(1)
})
