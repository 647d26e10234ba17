import type { Configuration, System } from '../../core/model.ts'
import type { EntityResult } from '../../events/generated/events.ts'
import { type Entity, type PerSystemKind, recordKey, type TopicEvents, topicOf } from '../../events/topics.ts'
import { compareVersions, versionRank } from '../../events/version.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { forEachKey } from '../../platform/runtime/in-key-order.ts'
import type { BatchContext, Decoded, Stage } from '../../platform/runtime/stage.ts'
import type { StageResult, StatusReporter } from '../../platform/runtime/status-reporter.ts'
import { deliverPatiently, type Patience, usualPatience } from './deliver-patiently.ts'
import { createDeliveries, type Deliveries } from './deliveries.ts'
import type { Sink } from './sink.ts'

export interface SinkDeps {
  readonly tables: Tables
  readonly reporter: StatusReporter
  /** The newest configuration. */
  readonly configuration: () => Configuration
  readonly clock: Clock
  readonly patience?: Patience
}

/** The entity that a kind's results are reported for. */
const entityOf: Readonly<Record<PerSystemKind, Entity>> = {
  'vendor-orders': 'orders',
  'shop-fulfilments': 'fulfilments',
  'shop-products': 'products',
  'shop-inventory': 'inventory',
  'shop-images': 'images',
}

type End = Pick<EntityResult, 'status' | 'code' | 'message' | 'targetId'>

const succeeded = (targetId: string | null): End => ({ status: 'succeeded', code: null, message: null, targetId })
const superseded = (message: string): End => ({ status: 'superseded', code: 'older_version', message, targetId: null })

/**
 * Delivers one kind of event to one system. Keys are delivered side by side, as many as the system's concurrency; of a
 * key only the newest event of the batch, and only when the target does not have it yet (Guarantees 3 and 4). An entity
 * that is wrong is dead-lettered and delays nothing (Guarantee 5); a target that is down stops the partition.
 */
export function sinkStage<K extends PerSystemKind>(system: System, sink: Sink<K>, deps: SinkDeps): Stage<K> {
  const name = `deliver-${system.id}`
  const deliveries = createDeliveries(deps.tables)
  return {
    name,
    kind: sink.kind,
    topics: [topicOf(sink.kind, system.id)],
    async handle(batch, context) {
      const results: StageResult[] = []
      const say = ({ event }: Decoded<K>, end: End) => results.push(resultOf(entityOf[sink.kind], event, end))
      const newest = newestOfKeys(batch)
      for (const decoded of batch) {
        if (newest.get(keyOf(decoded)) !== decoded) say(decoded, superseded('a newer version is in the same batch'))
      }
      await forEachKey([...newest.values()], keyOf, system.limits.concurrency, async (decoded) => {
        say(decoded, await deliverOne(decoded, sink, deliveries, deps, context))
      })
      context.assertOwned()
      if (results.length > 0) await deps.reporter.report(name, context.partition, results)
    },
  }
}

function keyOf<K extends PerSystemKind>({ event }: Decoded<K>): string {
  return recordKey(event.connection, event.key)
}

function newestOfKeys<K extends PerSystemKind>(batch: readonly Decoded<K>[]): Map<string, Decoded<K>> {
  const newest = new Map<string, Decoded<K>>()
  for (const decoded of batch) {
    const known = newest.get(keyOf(decoded))
    if (known === undefined || compareVersions(decoded.event, known.event) >= 0) newest.set(keyOf(decoded), decoded)
  }
  return newest
}

async function deliverOne<K extends PerSystemKind>(
  decoded: Decoded<K>,
  sink: Sink<K>,
  deliveries: Deliveries,
  deps: SinkDeps,
  context: BatchContext,
): Promise<End> {
  const { record, event } = decoded
  const { clock, patience = usualPatience } = deps
  const connection = deps.configuration().connections.find(({ id }) => id === event.connection)
  if (connection === undefined) {
    const message = `connection ${event.connection} is not configured any more`
    return { status: 'ignored', code: 'connection_removed', message, targetId: null }
  }
  const rank = versionRank(event)
  const delivery = {
    connection: connection.id,
    key: recordKey(sink.kind, event.key),
    rank,
    digest: event.contentDigest,
  }
  const before = await deliveries.find(delivery.connection, delivery.key)
  const targetId = before?.targetId ?? null
  if (before !== undefined && before.rank > rank) return superseded('a newer version was delivered')
  const isThere = before?.state === 'delivered' && before.digest === event.contentDigest
  context.assertOwned()
  const mark = isThere ? deliveries.confirm : deliveries.begin
  if (!(await mark({ ...delivery, targetId }))) return superseded('a newer version was delivered')
  if (isThere) return succeeded(targetId)
  const startedAt = clock.now()
  const deliver = () => {
    context.assertOwned()
    return sink.deliver(event, connection, context.signal)
  }
  const outcome = await deliverPatiently(deliver, patience, clock, context.signal)
  if ('done' in outcome) {
    await deliveries.finish({ ...delivery, targetId: outcome.done.targetId })
    return succeeded(outcome.done.targetId)
  }
  const { code, message } = outcome.failure
  const { key, taskId, eventId } = event
  const about = { connection: connection.id, key, taskId, eventId, attempts: outcome.attempts, firstAt: startedAt }
  await context.deadLetter(record, outcome.failure, about)
  return { status: 'failed', code, message, targetId }
}

function resultOf(entity: Entity, event: TopicEvents[PerSystemKind], end: End): StageResult {
  const { source, key, connection, eventId, occurredAt, readAt } = event
  return { taskId: event.taskId, result: { entity, source, key, connection, eventId, occurredAt, readAt, ...end } }
}
