import type { TopicKind } from '../../src/events/topics.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import type { Stage } from '../../src/platform/runtime/stage.ts'
import { claimTables } from '../../src/processors/stock/claim-rows.ts'
import { batchContext } from '../worlds/stage-context.ts'
import { SeededRandom } from './seeded-random.ts'
import { stockStages } from './worker.ts'
import type { World } from './world.ts'

const MOST_AT_ONCE = 5

/**
 * Reads everything that reservations follow from once more, from the beginning: as after a loss of the groups' positions, and in
 * half of the worlds of the table too. Stages and partitions take turns at random.
 */
export async function rereadClaims(world: World): Promise<void> {
  const random = new SeededRandom(world.plan.seed, 15)
  if (random.chance(0.5)) await loseClaims(world)
  const ports = world.portsOf(world.process('rereader'), world.guard)
  const [reserve, settle] = stockStages(world, { ...ports, producer: await ports.log.producer() })
  const lanes = [...lanesOf(world, ports, reserve), ...lanesOf(world, ports, settle)]
  for (;;) {
    const left = lanes.filter(({ records }) => records.length > 0)
    if (left.length === 0) return
    const next = random.pick(left)
    await next.handle(next.records.splice(0, random.int(1, MOST_AT_ONCE)))
  }
}

async function loseClaims({ tables }: World): Promise<void> {
  for (const { name } of claimTables) {
    const items = (await Array.fromAsync(tables.scan(name))).flat()
    for (const { part, id } of items) await tables.delete(name, { part: String(part), id: String(id) })
  }
}

/** The records of each partition that a stage reads. */
function lanesOf<K extends TopicKind>(
  { broker, plan }: World,
  { codec }: Pick<ReturnType<World['portsOf']>, 'codec'>,
  stage: Stage<K>,
) {
  const [topic = ''] = stage.topics
  return Array.from({ length: plan.partitions }, (_, partition) => ({
    records: [...broker.records(topic, partition)],
    handle: async (records: readonly LogRecord[]) => {
      const batch = records.map(async (record) => ({ record, event: await codec.decode(stage.kind, record.value) }))
      await stage.handle(await Promise.all(batch), batchContext(partition).context)
    },
  }))
}
