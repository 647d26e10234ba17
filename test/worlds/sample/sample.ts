import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import { isoTime } from '../../../src/events/times.ts'
import type { OperationDeps } from '../../../src/operations/dependencies.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture, apiTestTables } from '../api-fixture.ts'
import { readableTopics } from '../problem-orders.ts'
import { addDay } from './day.ts'
import { sampleConfiguration } from './installation.ts'
import { addFoundOrders, addOrders } from './orders.ts'
import { addProblems } from './problems.ts'
import { addProcesses } from './processes.ts'
import { addProducts } from './products.ts'
import { addPulls } from './pulls.ts'
import { addReads } from './reads.ts'
import { addResync } from './resync.ts'

/** When the sample is looked at, unless somebody says another time. */
export const SAMPLE_NOW = Date.UTC(2026, 10, 27, 15, 42)

const HELD_FOR = 'The buyer asks for another delivery address'

const scenarios = ['erp_down', 'unknown_sku', 'wrong_credentials', 'bad_mapping', 'slow_vendor', 'poison_order']

/** An installation in the middle of a day: mostly well, with something of everything that a page shows. The same each time. */
export async function sampleInstallation(
  over: Parameters<typeof apiFixture>[0] = {},
  now = SAMPLE_NOW,
  tables: Tables = memoryTables(apiTestTables),
) {
  const topics = readableTopics()
  const shown = scenarios.map((id, index) => ({
    id,
    broken: index === 1,
    order: index === 1 ? { source: 'outdoor', number: '100004190' } : null,
  }))
  const demo = { list: async () => shown, set: async () => shown[0] ?? { id: '', broken: false, order: null } }
  const parkingStages = async () => ['deliver-trailworks']
  const previewRetry: OperationDeps['previewRetry'] = async (stage) => ({
    kind: 'other',
    verdict: `${stage} sends the order again; the ERP decides`,
    event: null,
    errors: [],
    decisions: [],
    outputs: [],
    delivery: null,
  })
  const api = apiFixture(
    { topicPrefix: 't.', staged: topics.staged, admin: topics.admin, demo, previewRetry, parkingStages, ...over },
    tables,
  )
  api.clock.time = now - 3_600_000
  const author = { by: 'operator', at: isoTime(now - 30 * 86_400_000), reason: 'two shops, two vendors' }
  await applyConfiguration(tables, sampleConfiguration, author)
  const { status, json } = await api.get('/v1/connections/outdoor-nordwand')
  if (status !== 200) throw new Error(`the sample connection was answered ${status}`)
  const why = encodeURIComponent('they pick at noon')
  await api.put(`/v1/connections/outdoor-nordwand?reason=${why}`, { ...json.document, holdMinutes: 30 })
  api.clock.time = now
  await addOrders(tables, topics, now)
  await addFoundOrders(api.operations, now)
  await addProducts(tables, topics, now)
  await addPulls(tables, now)
  await addProblems(api, now)
  await addReads(api, now)
  await addDay(tables, now)
  await addProcesses(tables, now)
  await addResync(api, now)
  api.clock.time = now - 47 * 60_000
  await api.put('/v1/orders/outdoor/100004217/hold', { connection: 'outdoor-trailworks', reason: HELD_FOR })
  api.clock.time = now
  return api
}
