import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { samplesOf } from '../../worlds/metric-samples.ts'
import { untilHandled } from '../../worlds/processes-groups.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'
import { smallCatalogFile } from '../../worlds/sources.ts'

let netsuite: Awaited<ReturnType<typeof startNetSuiteSimulator>>
beforeAll(async () => {
  netsuite = await startNetSuiteSimulator({
    dataFile: ':memory:',
    catalogFile: smallCatalogFile,
    vendorPattern: /^WLD-/,
    seed: 5,
  })
})
afterAll(() => netsuite.close())

const setFaults = async (faults: readonly object[]) => {
  const body = JSON.stringify(faults)
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${netsuite.url}/_sim/faults`, { method: 'POST', headers, body })).ok).toBe(true)
}

/** A processor as a process of its own, its ERP, and orders for it. */
async function open() {
  const { consumerKey, consumerSecret, token, tokenSecret } = NETSUITE_CREDENTIALS
  const { env, platform, close } = await install('metrics', inject('services'), {
    METRICS_PORT: '0',
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: consumerKey,
    DEMO_NETSUITE_CONSUMER_SECRET: consumerSecret,
    DEMO_NETSUITE_TOKEN_ID: token,
    DEMO_NETSUITE_TOKEN_SECRET: tokenSecret,
  })
  onTestFinished(close)
  const role = await startRole('processor', env)
  onTestFinished(() => role.signal('SIGKILL'))
  const { metrics } = JSON.parse(await role.line(RUNNING)) as { readonly metrics: string }
  const get = async (path: string) => await fetch(metrics + path)
  const samples = async () => samplesOf(await (await get('/metrics')).text())
  const state = await (await fetch(`${netsuite.url}/_sim/state`)).json()
  const { items } = state as { readonly items: readonly { readonly itemId: string }[] }
  const sku = items[0]?.itemId ?? ''
  const send = async (from: number, count: number, of = sku) =>
    await platform.producer.send(
      Array.from({ length: count }, (_, index) => {
        const orderNumber = String(from + index).padStart(9, '0')
        const event = orderChanged(orderOf([lineOf('1', of)], { orderId: orderNumber, orderNumber }), { taskId: null })
        const value = platform.codec.encode('orders', event)
        return { topic: `${env['TOPIC_PREFIX']}orders`, key: recordKey(event.source, event.key), value }
      }),
    )
  const untilDelivered = async () => {
    await untilHandled(platform, 'route-orders', ['orders'])
    await untilHandled(platform, 'deliver-netsuite', ['vendor-orders.netsuite'])
  }
  return { env, prefix: env['TOPIC_PREFIX'] ?? '', get, samples, send, untilDelivered }
}

const sumOf = (samples: ReadonlyMap<string, number>, name: string, ...labels: readonly string[]) =>
  [...samples]
    .filter(([key]) => key.startsWith(`${name}{`) && labels.every((label) => key.includes(label)))
    .reduce((sum, [, value]) => sum + value, 0)

it('the metrics of a processor are what it did, and say when its ERP is down and back', async () => {
  const { env, prefix, get, samples, send, untilDelivered } = await open()
  await until('it is ready', async () => ((await get('/health/ready')).status === 200 ? true : undefined))
  await send(1, 6)
  await send(7, 2, 'OTHER-1')
  await untilDelivered()

  const results = async (stage: string, outcome: string) =>
    sumOf(await samples(), 'waldstream_results_total', `stage="${stage}"`, `outcome="${outcome}"`)
  expect(await results('route-orders', 'processing')).toBe(6)
  expect(await results('route-orders', 'ignored')).toBe(2)
  expect(await results('deliver-netsuite', 'succeeded')).toBe(6)
  const well = await samples()
  const of = (name: string, ...labels: readonly string[]) => sumOf(well, name, ...labels)
  expect(of('waldstream_stage_records_total', 'stage="route-orders"')).toBe(8)
  expect(of('waldstream_stage_records_total', 'stage="deliver-netsuite"')).toBe(6)
  expect(of('waldstream_records_sent_total', `topic="${prefix}vendor-orders.netsuite"`)).toBe(6)
  expect(of('waldstream_end_to_end_seconds_count', 'entity="orders"')).toBeLessThanOrEqual(6)
  expect(of('waldstream_calls_total', 'kind="orders"', 'code=""')).toBeGreaterThanOrEqual(6)
  expect(of('waldstream_consumer_lag_records', `group="${prefix}deliver-netsuite"`)).toBe(0)
  expect(of('waldstream_stage_up', 'stage="deliver-netsuite"')).toBe(1)
  expect(of('waldstream_circuit_open')).toBe(0)
  expect(of('waldstream_dead_letters_total')).toBe(0)
  expect(well.get('waldstream_order_lines_unaccounted_total')).toBe(0)
  expect(well.get('waldstream_ready')).toBe(1)
  expect(well.has('nodejs_eventloop_lag_seconds')).toBe(true)

  await setFaults([{ path: '.*', kind: 'html' }])
  await send(9, 8)
  await until('the circuit is open, and deliveries wait', async () => {
    const now = await samples()
    const waiting = sumOf(now, 'waldstream_circuit_waiting', 'stage="deliver-netsuite"')
    const lag = sumOf(now, 'waldstream_consumer_lag_records', `group="${prefix}deliver-netsuite"`)
    return sumOf(now, 'waldstream_circuit_open', 'system="netsuite"') === 1 && waiting > 0 && lag > 0 ? true : undefined
  })
  // What is down is no fault of the process.
  expect((await get('/health/ready')).status).toBe(200)
  expect(sumOf(await samples(), 'waldstream_calls_total', 'code="target_unavailable"')).toBeGreaterThan(0)
  await setFaults([])
  await untilDelivered()
  expect(await results('deliver-netsuite', 'succeeded')).toBe(14)
  expect(sumOf(await samples(), 'waldstream_circuit_open')).toBe(0)

  // What is in the tables is exported by the API: here that nothing was ever read, by schedules of the configuration.
  const api = await startRole('api', { ...env, API_PORT: '0' })
  onTestFinished(() => api.signal('SIGKILL'))
  const { metrics } = JSON.parse(await api.line(RUNNING)) as { readonly metrics: string }
  await until('the tables were looked at', async () => {
    const ofTables = samplesOf(await (await fetch(`${metrics}/metrics`)).text())
    const isLooked = ofTables.has('waldstream_tables_look_age_seconds')
    return isLooked && sumOf(ofTables, 'waldstream_read_interval_seconds') > 0 ? true : undefined
  })
  expect([...(await samples()).keys()].filter((name) => name.startsWith('waldstream_read_interval'))).toEqual([])
})
