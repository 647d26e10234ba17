// Every system got five topics whatever it can take: 150 of the demo's partitions could never hold a record.

import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { judgeTopics } from '../../../src/operations/doctor/log-checks.ts'
import { targetsOf } from '../../../src/operations/sinks.ts'
import type { InspectedTopic } from '../../../src/platform/kafka/log-inspector.ts'
import { allTopics, type TopicTarget } from '../../../src/platform/kafka/topic-definitions.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const folder = fileURLToPath(new URL('../../../config/demo-all', import.meta.url))
const patterns = { DEMO_VENDOR_PATTERN: '^WLD-', DEMO_SAP_PATTERN: '^SAP-', DEMO_ACME_PATTERN: '^ACM-' }
const { systems } = await loadConfiguration(folder, patterns, systemTypes)
const topicsOf = (targets: readonly TopicTarget[]) => allTopics({ prefix: '', partitions: 6, replication: 1, targets })
const partitionsOf = (targets: readonly TopicTarget[]) =>
  topicsOf(targets).reduce((sum, { partitions }) => sum + partitions, 0)

const now = targetsOf(systems, systemTypes)
const FORMER_KINDS = ['vendor-orders', 'shop-fulfilments', 'shop-products', 'shop-inventory', 'shop-images'] as const
/** As it was before topics followed from the definitions. */
const before = systems.map(({ id }) => ({ system: id, kinds: FORMER_KINDS }))

it('each system has the topics of what can be delivered to it', () => {
  const shared = partitionsOf([])
  expect(Object.fromEntries(now.map(({ system, kinds }) => [system, kinds]))).toEqual({
    magento: ['shop-fulfilments', 'shop-products', 'shop-inventory', 'shop-images'],
    bigcommerce: ['shop-fulfilments', 'shop-products', 'shop-inventory', 'shop-images'],
    netsuite: ['vendor-orders'],
    sap: ['vendor-orders'],
    acme: ['vendor-orders'],
    images: [],
  })
  expect({ before: partitionsOf(before) - shared, now: partitionsOf(now) - shared }).toEqual({ before: 180, now: 66 })
})

it('an installation that has the others keeps working, and doctor does not ask for them', () => {
  const definitions = topicsOf(now)
  const names = new Set(topicsOf(before).map(({ name }) => name))
  // None is called otherwise than before: what is stored in them is found.
  expect(definitions.filter(({ name }) => !names.has(name))).toEqual([])
  const found = topicsOf(before).map((topic): InspectedTopic => ({ ...topic, impaired: 0 }))
  const findings = judgeTopics(definitions, new Map(found.map((topic) => [topic.name, topic])))
  const what = `${definitions.length} of ${definitions.length} are as they should be`
  expect(findings).toEqual([{ level: 'ok', name: 'topics', what, fix: null }])
})
