import type { ApiDeps } from '../../src/api/dependencies.ts'
import { configurationPart, cutDatePart } from '../../src/cli/control-parts.ts'
import { orderPusher } from '../../src/cli/push-order.ts'
import { dispatch } from '../../src/control/dispatch.ts'
import { taskIdOf } from '../../src/control/request-sync.ts'
import { createSyncRequests } from '../../src/control/sync-requests.ts'
import type { SyncRequested } from '../../src/events/generated/events.ts'
import type { Tables } from '../../src/platform/dynamodb/tables.ts'
import { systemTypes } from '../../src/systems/systems.ts'
import { memoryCodec } from '../memory/codec.ts'
import { memoryProducer } from '../memory/producer.ts'
import { memoryReporter, silentLogger } from './stage-context.ts'

/** What the API needs to change and request things, over memory; the dispatcher takes each request at once. */
export function memoryControl(tables: Tables, clock: { now(): number }) {
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
  const deps: Pick<ApiDeps, 'configuration' | 'setCutDate' | 'syncRequests' | 'pushOrder' | 'resolveSecret'> = {
    configuration: configurationPart(tables, {}, systemTypes),
    setCutDate: cutDatePart(tables),
    syncRequests: createSyncRequests({ tables, requester, clock: { now: clock.now, sleep: async () => undefined } }),
    pushOrder: orderPusher({
      ...{ tables, producer, codec, reporter: memoryReporter(), logger: silentLogger, topicPrefix: '' },
    }),
    resolveSecret: async (reference) => `secret of ${reference}`,
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
