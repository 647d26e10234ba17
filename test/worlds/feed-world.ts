import { expect } from 'vitest'
import type { Configuration } from '../../src/configuration/model.ts'
import type { EntityDeclaration } from '../../src/events/entities.ts'
import {
  type FeedEntity,
  type PerSystemKind,
  type TopicEvents,
  type TopicKind,
  topics,
  topicsOf,
} from '../../src/events/topics.ts'
import { tableDefinitions } from '../../src/operations/table-definitions.ts'
import { createJobs } from '../../src/platform/jobs.ts'
import { allTopics } from '../../src/platform/kafka/topic-definitions.ts'
import { codecOf, kindSchema } from '../../src/platform/registry/codec.ts'
import type { Stage } from '../../src/platform/runtime/stage.ts'
import type { TopologyRow } from '../../src/processors/topology.ts'
import { feedTable } from '../../src/projections/feed-table.ts'
import { feeds } from '../../src/projections/feeds.ts'
import type { Feed } from '../../src/projections/projection.ts'
import { createRebuilds } from '../../src/projections/rebuild/create-rebuilds.ts'
import { type Rebuild, rebuildRows } from '../../src/projections/rebuild/rebuild.ts'
import { runRebuilds } from '../../src/projections/rebuild/rebuild-worker.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { memoryResync } from '../memory/resync.ts'
import { memoryTables } from '../memory/tables.ts'
import { apiFixture } from './api-fixture.ts'
import { batchContext, memoryReporter } from './stage-context.ts'

/** A feed that the program does not have, as it is declared. */
export interface DeclaredFeed {
  readonly entity: EntityDeclaration
  /** Of each of its kinds. */
  readonly schemas: { readonly [K in TopicKind]?: string }
  readonly rows: readonly TopologyRow[]
  readonly feed: Feed
}

const PARTITIONS = 3
const PREFIX = 'p.'

/** The program's own wiring over memory, with one more feed: topics, codec, tables, processors, projector, API, rebuilds. */
export async function feedWorld({ entity, schemas, rows, feed }: DeclaredFeed, configuration: Configuration) {
  const tables = memoryTables([...tableDefinitions, feedTable(feed)])
  const { deps: resync, broker } = await memoryResync(tables)
  const kinds = Object.entries(schemas).map(
    ([kind, schema], id) => [kind as TopicKind, kindSchema(id, schema)] as const,
  )
  const codec = codecOf(new Map(kinds), { byId: async () => undefined })
  const targets = configuration.systems.map(({ id }) => ({
    system: id,
    kinds: [`shop-${entity.name}` as PerSystemKind],
  }))
  const settings = { prefix: PREFIX, partitions: PARTITIONS, replication: 1, targets }
  const known = new Set(topics.map(({ kind }) => kind))
  const own = topicsOf([entity]).filter(({ kind }) => !known.has(kind))
  await resync.admin.createTopics(allTopics(settings, own))
  const reporter = memoryReporter()
  const deps = { ...resync, codec, reporter, configuration: () => configuration, feeds: [...feeds, feed] }
  const projector = feedStage(feed, { ...deps, settleMs: 0 })
  const stages = [...rows.map((row) => row.stage(deps)), projector] as readonly Stage<TopicKind>[]
  const handled = new Map<string, number>()
  const handle = async (stage: Stage<TopicKind>, partition: number) => {
    const place = `${stage.name} ${partition}`
    const from = handled.get(place) ?? 0
    const records = broker.records(`${PREFIX}${stage.topics[0]}`, partition, BigInt(from))
    const batch = await Promise.all(
      records.map(async (record) => ({ record, event: await codec.decode(stage.kind, record.value) })),
    )
    if (batch.length > 0) await stage.handle(batch, batchContext(partition).context)
    handled.set(place, from + batch.length)
  }
  const rebuildDeps = { ...deps, jobs: createJobs(tables, rebuildRows), shards: PARTITIONS }
  const rebuilds = createRebuilds(rebuildDeps)
  const { get } = apiFixture({ feeds: deps.feeds, rebuilds, shards: PARTITIONS, clock: deps.clock }, tables)
  return {
    get,
    tables,
    reporter,
    rebuilds,
    /** Appends source events, and lets every stage handle all there is. */
    async read<E extends FeedEntity>(kind: E, ...events: readonly TopicEvents[E][]) {
      const outgoing = events.map(({ source, key }, index) => {
        const event = events[index] as TopicEvents[E]
        return { topic: `${PREFIX}${kind}`, key: `${source}|${key}`, value: codec.encode(kind, event) }
      })
      await deps.producer.send(outgoing)
      for (const stage of stages) {
        for (let partition = 0; partition < PARTITIONS; partition += 1) await handle(stage, partition)
      }
    },
    /** Events of a topic, in no order. */
    async events<K extends TopicKind>(kind: K, topic: string = kind): Promise<readonly TopicEvents[K][]> {
      const all = Array.from({ length: PARTITIONS }, (_, partition) => broker.records(PREFIX + topic, partition)).flat()
      return await Promise.all(all.map(({ value }) => codec.decode(kind, value)))
    },
    /** Lets the rebuild's worker work until it is as asked. */
    async until(id: string, state: Rebuild['state']): Promise<Rebuild> {
      const ending = new AbortController()
      const working = runRebuilds(rebuildDeps, ending.signal)
      await expect.poll(async () => (await rebuilds.get(id)).state).toBe(state)
      ending.abort()
      await working
      return await rebuilds.get(id)
    },
  }
}
