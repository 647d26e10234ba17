import type { InspectedGroup, LogInspector } from '../../platform/kafka/log-inspector.ts'
import type { RecordPlace, RecordReader } from '../../platform/kafka/record-reader.ts'

/** Progress of a consumer group in one topic. */
export interface ConsumedTopic {
  readonly topic: string
  readonly partitions: number
  /** Records that are not handled yet. */
  readonly lag: number
  /** When the oldest of them was appended, ISO 8601; null: there is none, or it was not read. */
  readonly oldest_at: string | null
}

/** The consumer group of a stage, over all processes that run it. */
export interface ConsumerGroup {
  readonly group: string
  /** The broker's name of the state: Stable, Empty, PreparingRebalance. */
  readonly state: string
  /** Each with the number of its partitions. */
  readonly members: readonly { readonly id: string; readonly partitions: number }[]
  readonly lag: number
  readonly oldest_at: string | null
  readonly topics: readonly ConsumedTopic[]
}

export interface Consumers {
  readonly groups: readonly ConsumerGroup[]
  /** False: there are more groups than were read. */
  readonly complete: boolean
}

const MOST_GROUPS = 500
/** Maximum number of partitions whose oldest record is read; those with the most lag come first. */
const MOST_LOOKED_AT = 60

interface Behind extends RecordPlace {
  readonly group: string
  readonly lag: number
}

/** The groups of this installation: those with its prefix that have committed offsets of its topics only. */
export async function readConsumers(
  inspector: Pick<LogInspector, 'groups' | 'ends'>,
  reader: Pick<RecordReader, 'read'>,
  { prefix, topics }: { readonly prefix: string; readonly topics: ReadonlySet<string> },
): Promise<Consumers> {
  const { groups, complete } = await inspector.groups(prefix, MOST_GROUPS)
  const own = groups.filter(
    ({ committed }) => committed.size > 0 && [...committed.keys()].every((name) => topics.has(name)),
  )
  const read = [...new Set(own.flatMap(({ committed }) => [...committed.keys()]))]
  const ends = await inspector.ends(read)
  const behind = own.flatMap((group) => behindOf(group, ends))
  const oldest = await oldestOf(behind, reader)
  return {
    groups: own.map((group) => shown(group, behind, ends, oldest)).toSorted((a, b) => (a.group < b.group ? -1 : 1)),
    complete,
  }
}

type Ends = Awaited<ReturnType<LogInspector['ends']>>

/** Partitions in which a group has lag. */
function behindOf({ name, committed }: InspectedGroup, ends: Ends): readonly Behind[] {
  return [...committed].flatMap(([topic, offsets]) =>
    (ends.get(topic) ?? []).flatMap(({ partition, start, end }) => {
      const at = offsets.get(partition) ?? null
      const from = at === null || at < start ? start : at
      return end > from ? [{ group: name, topic, partition, offset: Number(from), lag: Number(end - from) }] : []
    }),
  )
}

const placeName = ({ group, topic, partition }: Omit<Behind, 'lag' | 'offset'>) => `${group} ${topic} ${partition}`

/** Append time of the next record to handle, by group and partition. */
async function oldestOf(behind: readonly Behind[], reader: Pick<RecordReader, 'read'>) {
  const looked = behind.toSorted((a, b) => b.lag - a.lag).slice(0, MOST_LOOKED_AT)
  const records = await reader.read(looked)
  return new Map(
    looked.flatMap((place, index) => {
      const record = records[index]
      return record === null || record === undefined ? [] : [[placeName(place), record.timestamp] as const]
    }),
  )
}

function shown(
  { name, state, members, committed }: InspectedGroup,
  behind: readonly Behind[],
  ends: Ends,
  oldest: ReadonlyMap<string, number>,
): ConsumerGroup {
  const own = behind.filter(({ group }) => group === name)
  const topics = [...committed.keys()].toSorted().map((topic) => {
    const ofTopic = own.filter((one) => one.topic === topic)
    const times = ofTopic.flatMap((one) => oldest.get(placeName(one)) ?? [])
    return {
      topic,
      partitions: ends.get(topic)?.length ?? 0,
      lag: ofTopic.reduce((sum, { lag }) => sum + lag, 0),
      oldest_at: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    }
  })
  const times = topics.flatMap(({ oldest_at }) => oldest_at ?? []).toSorted()
  return {
    group: name,
    state,
    members,
    lag: topics.reduce((sum, { lag }) => sum + lag, 0),
    oldest_at: times[0] ?? null,
    topics,
  }
}
