import { expect, inject, it, onTestFinished } from 'vitest'
import { magentoCredentials } from '../../../simulators/magento2/authorization.ts'
import { startMagentoSimulator } from '../../../simulators/magento2/start-magento-simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { type ExportedSpan, startOtlpReceiver } from '../../worlds/otlp-receiver.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import type { ErpState, ShopOrder } from '../../worlds/processes-simulators.ts'
import { until } from '../../worlds/processes-until.ts'
import { startRecorder } from '../../worlds/recorder.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'
import { syncsOf } from '../../worlds/sync-now.ts'

/** Kind of a span of a call. */
const CLIENT = 3

/** Every role in one process that exports spans, its shop and its ERP, whose calls are recorded. */
async function open() {
  const shared = { dataFile: ':memory:', catalogFile: smallCatalogFile, seed: 11, vendorPattern: /^WLD-/ }
  const shop = await startMagentoSimulator({ ...shared, orders: 3 })
  const erp = await startNetSuiteSimulator(shared)
  const recorder = await startRecorder(erp.url)
  const receiver = await startOtlpReceiver()
  onTestFinished(async () => {
    receiver.close()
    recorder.close()
    await Promise.all([shop.close(), erp.close()])
  })
  const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
  const { env, platform, close } = await install('tracing', inject('services'), {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_SERVICE_NAME: 'traced',
    LOG_LEVEL: 'debug',
    API_PORT: '0',
    METRICS_PORT: '0',
    DEMO_MAGENTO_URL: shop.url,
    DEMO_MAGENTO_CONSUMER_KEY: consumerKey,
    DEMO_MAGENTO_CONSUMER_SECRET: consumerSecret,
    DEMO_MAGENTO_ACCESS_TOKEN: token,
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: tokenSecret,
    DEMO_NETSUITE_URL: recorder.url,
    DEMO_NETSUITE_CONSUMER_KEY: NETSUITE_CREDENTIALS.consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: NETSUITE_CREDENTIALS.consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: NETSUITE_CREDENTIALS.token,
    DEMO_NETSUITE_TOKEN_SECRET: NETSUITE_CREDENTIALS.tokenSecret,
  })
  onTestFinished(close)
  const role = await startRole('all', env)
  onTestFinished(() => role.signal('SIGKILL'))
  const { api } = JSON.parse(await role.line(RUNNING)) as { readonly api: string }
  const erpState = async () => (await (await fetch(`${erp.url}/_sim/state`)).json()) as ErpState
  const shopOrders = async () => {
    const { orders } = (await (await fetch(`${shop.url}/_sim/state`)).json()) as { readonly orders: ShopOrder[] }
    return orders
  }
  return {
    platform,
    role,
    api,
    erp,
    receiver,
    recorder,
    erpState,
    shopOrders,
  }
}

/** The one span of this name below another. */
function onlyBelow(spans: readonly ExportedSpan[], parent: ExportedSpan, name: string): ExportedSpan {
  const found = spans.filter((span) => span.name === name && span.parent === parent.spanId)
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} spans ${name} below ${parent.name}`)
  return only
}

/** From the read to the delivery of an order, each span below the one before. Throws while one is missing. */
function chainOf(trace: readonly ExportedSpan[], number: string) {
  const read = trace.find(({ name }) => name === 'read magento.orders.all')
  const published = trace.find(
    ({ name, parent, attributes }) =>
      name === 'publish orders' && parent === read?.spanId && attributes['waldstream.key'] === number,
  )
  if (read === undefined || published === undefined) throw new Error('its read is not exported yet')
  const ids = new Set(['', ...trace.map(({ spanId }) => spanId)])
  const orphan = trace.find(({ parent }) => !ids.has(parent))
  if (orphan !== undefined) throw new Error(`what ${orphan.name} is below is not exported yet`)
  onlyBelow(trace, published, 'process project-order-index')
  const routed = onlyBelow(trace, published, 'process route-orders')
  const taken = onlyBelow(trace, routed, 'process deliver-netsuite')
  return { trace, read, delivery: onlyBelow(trace, taken, 'deliver netsuite') }
}

it("an order's trace goes from the read of the shop to the answers of its vendor's ERP", async () => {
  const { platform, role, receiver, recorder, erpState, shopOrders } = await open()
  await syncsOf(platform)('magento.orders.all')
  const { externalId } = await until('an order is in the ERP', async () => (await erpState()).salesOrders[0])
  const number = (await shopOrders()).find(({ increment_id }) => externalId.includes(increment_id))?.increment_id
  const delivered = await until('its delivery is exported', () =>
    receiver.spans.find(
      ({ name, attributes }) => name === 'deliver netsuite' && attributes['waldstream.key'] === number,
    ),
  )
  const { trace, read, delivery } = await until('its whole trace is exported', () =>
    chainOf(
      receiver.spans.filter(({ traceId }) => traceId === delivered.traceId),
      number ?? '',
    ),
  )
  expect(read).toMatchObject({ parent: '', resource: { 'service.name': 'traced' } })
  expect(trace.some(({ kind, parent }) => kind === CLIENT && parent === read.spanId)).toBe(true)
  expect(delivery).toMatchObject({ error: null, attributes: { 'waldstream.outcome': 'delivered' } })

  // Each call of the delivery said to the ERP which span it is, and its span has the ERP's answer.
  const calls = trace.filter(({ kind, parent }) => kind === CLIENT && parent === delivery.spanId)
  expect(calls.length).toBeGreaterThan(0)
  for (const { traceId, spanId, name, attributes } of calls) {
    const sent = recorder.calls.find(({ headers }) => headers['traceparent'] === `00-${traceId}-${spanId}-01`)
    expect(sent).toMatchObject({ method: name, status: attributes['http.response.status_code'] })
  }

  const line = await role.line(new RegExp(delivery.spanId))
  expect(JSON.parse(line)).toMatchObject({ trace_id: delivery.traceId, span_id: delivery.spanId })

  // What spans say of an order is no person's.
  const persons = recorder.calls.flatMap(({ sent }) => sent.match(/[\w.+-]+@[\w-]+\.[\w.]+/g) ?? [])
  expect(persons.length).toBeGreaterThan(0)
  for (const person of new Set(persons)) expect(receiver.bodies.join('\n')).not.toContain(person)
})

it('a retry of a dead letter begins a trace of its own, which links to the trace of the record that failed', async () => {
  const { platform, receiver, api, erp, erpState } = await open()
  const closePeriod = (until: string | null) =>
    fetch(`${erp.url}/_sim/rules`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ closedUntil: until }),
    })
  await closePeriod('2999-12-31')
  await syncsOf(platform)('magento.orders.all')
  const letter = await until('the ERP refuses an order', async () => {
    const answer = await fetch(`${api}/v1/dead-letters?stage=deliver-netsuite`)
    const { items } = (await answer.json()) as {
      readonly items: readonly { readonly id: string; readonly key: string }[]
    }
    return items[0]
  })
  const attempts = () =>
    receiver.spans.filter(
      ({ name, attributes }) => name === 'deliver netsuite' && attributes['waldstream.key'] === letter.key,
    )
  const failed = await until('its delivery is exported', () => attempts()[0])
  expect(failed.attributes).not.toMatchObject({ 'waldstream.outcome': 'delivered' })

  await closePeriod(null)
  const retried = await fetch(`${api}/v1/dead-letters/${letter.id}/retry`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  expect(retried.status).toBeLessThan(300)
  await until('the order is in the ERP', async () =>
    (await erpState()).salesOrders.some(({ externalId }) => externalId.includes(letter.key)),
  )
  const delivered = await until('the delivery of the retry is exported', () =>
    attempts().find(({ attributes }) => attributes['waldstream.outcome'] === 'delivered'),
  )
  expect(delivered.traceId).not.toBe(failed.traceId)
  const taken = await until('what the delivery is below is exported', () =>
    receiver.spans.find(({ spanId }) => spanId === delivered.parent),
  )
  const routed = receiver.spans.find(({ spanId }) => spanId === beginning(receiver.spans, failed).parent)
  expect(taken).toMatchObject({
    name: 'process deliver-netsuite',
    parent: '',
    links: [{ traceId: failed.traceId, spanId: routed?.spanId }],
  })
})

/** The span of the stage that a delivery is part of. */
function beginning(spans: readonly ExportedSpan[], delivery: ExportedSpan): ExportedSpan {
  const found = spans.find(({ spanId }) => spanId === delivery.parent)
  if (found === undefined) throw new Error(`what ${delivery.name} is below is not exported`)
  return found
}
