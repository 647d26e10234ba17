import { dispatch } from '../../src/control/dispatch.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { createSyncRequests } from '../../src/control/sync-requests.ts'
import type { SyncRequested } from '../../src/events/generated/events.ts'
import type { OperationDeps } from '../../src/operations/dependencies.ts'
import { ok } from '../../src/operations/doctor/finding.ts'
import { createWebhookSystems } from '../../src/operations/webhook-systems.ts'
import { tableDeps } from '../../src/operations/wiring.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { createPositions } from '../../src/platform/runtime/positions.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { anySecrets } from '../data/any-secrets.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { shownInstallation } from './shown-installation.ts'
import { memoryReporter, silentLogger } from './stage-context.ts'

/** What the fixture of the API adds. */
type Elsewhere =
  | (
      | 'deadLetters'
      | 'previewRetry'
      | 'mapAnew'
      | 'sampleEffects'
      | 'recentEvents'
      | 'pulls'
      | 'products'
      | 'replays'
      | 'rebuilds'
    )
  | ('staged' | 'parkingStages' | 'shards' | 'settleMs' | 'forgetPerson' | 'personKeys')

/** What operations need to change and request things, over memory; the dispatcher takes each request at once. */
export function memoryControl(
  tables: Tables,
  clock: { now(): number },
  over: Partial<Pick<OperationDeps, 'resolveSecret'>> = {},
) {
  const producer = memoryProducer()
  const codec = memoryCodec()
  const requested: SyncRequested[] = []
  const requester = {
    async request(request: Pick<SyncRequested, 'read' | 'requestId' | 'trigger' | 'requestedAt'>) {
      const event: SyncRequested = { requestedBy: null, reason: null, from: null, queueUrl: null, ...request }
      requested.push(event)
      await dispatch(tables, event)
      return taskIdOf(event)
    },
  }
  const resolveSecret = over.resolveSecret ?? (async (_system: string, reference: string) => `secret of ${reference}`)
  const deps: Omit<OperationDeps, Elsewhere> = {
    ...tableDeps({ tables, systemTypes, clock, config: { environment: anySecrets, auditDays: 400 } }),
    feeds,
    requester,
    syncRequests: createSyncRequests({ tables, requester, clock: { now: clock.now, sleep: async () => undefined } }),
    producer,
    codec,
    reporter: memoryReporter(),
    logger: silentLogger,
    topicPrefix: '',
    admin: {
      createTopics: async () => [],
      ends: async () => [],
      committed: async () => new Map(),
      close: async () => undefined,
    },
    positions: createPositions(tables),
    resolveSecret,
    installation: shownInstallation(clock),
    version: '1.0.0',
    sendNotice: async () => undefined,
    // Nothing listens at the addresses.
    testSystem: async ({ id, type }) => [ok(`system ${id}`, `${type} accepts the credentials (20 ms)`)],
    webhookSystems: createWebhookSystems({ tables, clock, resolveSecret, logger: silentLogger }),
  }
  return {
    deps,
    /** Requests as they were sent. */
    requested,
    producer,
    /** Orders as they were published. */
    orders: () =>
      Promise.all(
        producer.sent.filter(({ topic }) => topic === 'orders').map(({ value }) => codec.decode('orders', value)),
      ),
  }
}
