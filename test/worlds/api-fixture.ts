import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../src/api/app.ts'
import type { ApiDeps } from '../../src/api/dependencies.ts'
import type { ApiOptions } from '../../src/api/server.ts'
import { type HttpSettings, readConfig } from '../../src/config.ts'
import { readConfiguration } from '../../src/configuration/read-configuration.ts'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS, coreTables } from '../../src/configuration/tables.ts'
import { orderHoldTables } from '../../src/control/order-holds.ts'
import { pauseTables } from '../../src/control/pauses.ts'
import { controlTables } from '../../src/control/tables.ts'
import type { UniversalInventoryChanged } from '../../src/events/generated/events.ts'
import { recordKey } from '../../src/events/topics.ts'
import { settingsTables } from '../../src/operations/cursor-key.ts'
import type { OperationDeps } from '../../src/operations/dependencies.ts'
import { createMapAnew } from '../../src/operations/map-anew.ts'
import { notificationTables } from '../../src/operations/notifications/recipient-row.ts'
import { subscriptionTables } from '../../src/operations/outgoing/subscription-row.ts'
import { createPullNotes } from '../../src/operations/pulls/note-pulls.ts'
import { pullTables } from '../../src/operations/pulls/pull-row.ts'
import { createSampleEffects } from '../../src/operations/sample-effects.ts'
import { servingTables } from '../../src/operations/served-since.ts'
import type { TableDefinition, Tables } from '../../src/platform/dynamodb/tables.ts'
import { governorTables } from '../../src/platform/governor/call-slots.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { createPersonKeys, personTables } from '../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../src/platform/persons/retention.ts'
import { parkingTables } from '../../src/platform/runtime/parking.ts'
import { positionTables } from '../../src/platform/runtime/positions.ts'
import { deliveryTables } from '../../src/processors/delivery/deliveries.ts'
import { orderCallTables } from '../../src/processors/delivery/order-calls.ts'
import { stateTables } from '../../src/processors/entity-states.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { projectionTables } from '../../src/projections/tables.ts'
import { connectionWith } from '../data/configuration.ts'
import { memoryDeadLetters } from '../data/dead-letters.ts'
import { localNetwork } from '../data/loopback.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryRebuilds, memoryReplays } from '../memory/resync.ts'
import { memoryTables } from '../memory/tables.ts'
import { memoryControl } from './control-desk.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from './stage-context.ts'

export const SHARDS = 2
const SETTLE_MS = 5000

/** As they are where the environment says nothing of them, but for limits that a test would meet. */
export const usualHttp: HttpSettings = readConfig({
  KAFKA_BROKERS: '127.0.0.1:1',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:1',
  DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
  API_REQUESTS_PER_MINUTE: '1000000',
  API_REFUSALS_PER_MINUTE: '1000000',
}).http

/** For an API that listens on a free port of this machine. */
export const listening = (operations: OperationDeps, over: Partial<ApiOptions> = {}): ApiOptions => ({
  operations,
  clock: { now: () => 0 },
  cursorKey: 'key',
  token: null,
  network: localNetwork,
  http: usualHttp,
  logger: silentLogger,
  checks: {},
  host: '127.0.0.1',
  port: 0,
  portIsDefault: false,
  ...over,
})

/** Tables the API reads. */
export const apiTestTables: readonly TableDefinition[] = [
  ...coreTables,
  ...controlTables,
  ...projectionTables,
  ...settingsTables,
  ...pullTables,
  ...servingTables,
  ...notificationTables,
  ...subscriptionTables,
  ...parkingTables,
  ...pauseTables,
  ...orderHoldTables,
  ...deliveryTables,
  ...orderCallTables,
  ...stateTables,
  ...positionTables,
  ...personTables,
  ...governorTables,
]

/** Topics that have nothing, for operations that read none. */
export const noTopics: Pick<OperationDeps, 'staged' | 'parkingStages'> = {
  staged: { reader: { read: async (places) => places.map(() => null) }, codec: memoryCodec(), topicPrefix: '' },
  parkingStages: async () => ['route-orders', 'deliver-erp'],
}

/** An API over tables, with an inventory projector and a clock of its own. */
export function apiFixture(over: Partial<ApiDeps & OperationDeps> = {}, tables: Tables = memoryTables(apiTestTables)) {
  const clock = { time: Date.UTC(2026, 0, 31, 8), now: () => clock.time }
  const letters = memoryDeadLetters(tables, clock)
  const control = memoryControl(tables, clock, over)
  const pulls = createPullNotes({ tables, clock: { sleep: async () => undefined }, logger: silentLogger })
  const configured = () => readConfiguration(tables)
  const trying = {
    codec: control.deps.codec,
    tables,
    logger: silentLogger,
    clock: { now: () => clock.now(), sleep: async () => undefined },
    log: { read: async () => null },
    topicPrefix: over.topicPrefix ?? control.deps.topicPrefix,
    reader: (over.staged ?? noTopics.staged).reader,
    products: async () => new Map(),
    feeds: over.feeds ?? feeds,
    shards: over.shards ?? SHARDS,
  }
  const operations: OperationDeps = {
    ...control.deps,
    ...noTopics,
    feeds,
    deadLetters: letters.deadLetters,
    previewRetry: letters.previewRetry,
    mapAnew: createMapAnew(trying, configured),
    sampleEffects: createSampleEffects(trying, configured),
    recentEvents: async () => [],
    pulls,
    products: async () => new Map(),
    replays: memoryReplays(tables, clock),
    rebuilds: memoryRebuilds(tables, clock),
    personKeys: createPersonKeys({ tables, clock, randomBytes, retention: retentionOfAll(null) }),
    // There are no topics, and nobody in them.
    forgetPerson: async (_wanted, dryRun) => ({
      dry_run: dryRun,
      at: new Date(clock.now()).toISOString(),
      keys_destroyed: 0,
      topics: [],
      tables: [],
      complete: !dryRun,
      others_within_ms: 0,
    }),
    settleMs: SETTLE_MS,
    shards: SHARDS,
    ...over,
  }
  const usual = { clock, cursorKey: 'key', token: null, network: localNetwork, http: usualHttp, checks: {} }
  const parts = { ...usual, logger: silentLogger, ...over }
  const app: FastifyInstance = buildApp({ ...parts, operations })
  const deps = { tables, reporter: memoryReporter(), clock, settleMs: SETTLE_MS, logger: silentLogger }
  const stage = feedStage(inventoryFeed, deps)
  const offsets = Array.from({ length: SHARDS }, () => 0)
  /** Appends to a shard now and projects it. */
  const project = async (shard: number, ...events: readonly UniversalInventoryChanged[]) => {
    const batch = events.map((event) => {
      const offset = offsets[shard] ?? 0
      offsets[shard] = offset + 1
      return decoded<'universal-inventory'>(event, { offset, timestamp: clock.time, partition: shard })
    })
    await stage.handle(batch, batchContext(shard).context)
  }
  return {
    app,
    clock,
    tables,
    settleMs: SETTLE_MS,
    letters,
    control,
    operations,
    /** Writes who has pulled what. */
    pulls,
    async get(url: string, headers: Record<string, string> = {}) {
      const { statusCode, headers: answered, body } = await app.inject({ url, headers })
      const json = answered['content-type']?.includes('json') === true ? JSON.parse(body) : undefined
      return { status: statusCode, headers: answered, json }
    },
    async post(url: string, payload?: Readonly<Record<string, unknown>>) {
      const { statusCode, body } = await app.inject({
        method: 'POST',
        url,
        headers: { 'x-actor': 'api' },
        ...(payload === undefined ? {} : { payload }),
      })
      return { status: statusCode, json: JSON.parse(body) }
    },
    async put(url: string, payload: object) {
      const { statusCode, body } = await app.inject({ method: 'PUT', url, headers: { 'x-actor': 'api' }, payload })
      return { status: statusCode, json: JSON.parse(body) }
    },
    async send(
      method: 'PUT' | 'POST' | 'DELETE',
      url: string,
      payload?: unknown,
      headers: Record<string, string> = {},
    ) {
      const body = payload === undefined ? {} : { payload: JSON.stringify(payload) }
      const type = payload === undefined ? {} : { 'content-type': 'application/json' }
      const own = { 'x-actor': 'api' }
      const answer = await app.inject({ method, url, ...body, headers: { ...own, ...type, ...headers } })
      const json = answer.body === '' ? undefined : JSON.parse(answer.body)
      return { status: answer.statusCode, headers: answer.headers, json }
    },
    async configure(id: string, reads: readonly string[] = ['vendor.inventory.all']) {
      await tables.put(CONNECTIONS, {
        kind: 'connection',
        id,
        document: encodeConnection(connectionWith(id, { reads })),
      })
    },
    project,
    /** The same in the shards of their keys, in which single rows are found. */
    async projectByKey(...events: readonly UniversalInventoryChanged[]) {
      const shardOf = ({ connection, source, key }: UniversalInventoryChanged) =>
        partitionOfKey(recordKey(connection, source, key), SHARDS)
      for (const [shard, own] of Map.groupBy(events, shardOf)) await project(shard, ...own)
    },
    /** Finds every shard at its end now. */
    async idle() {
      for (let shard = 0; shard < SHARDS; shard += 1) await stage.onIdle?.([shard], 'universal-inventory', clock.time)
    },
  }
}
