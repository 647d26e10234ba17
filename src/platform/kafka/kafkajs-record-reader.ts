import type { LogRecord } from './event-log.ts'
import { type Cluster, clusterOf } from './kafkajs-cluster.ts'
import { toRecord } from './kafkajs-consumer.ts'
import { fromKafkajs, protocolType } from './kafkajs-errors.ts'
import { type KafkaSettings, kafkaClient } from './kafkajs-event-log.ts'
import { placeText, type RecordPlace, type RecordReader } from './record-reader.ts'

/** Most bytes that one fetch reads of a partition: as much as a batch of our topics may have. */
const PARTITION_BYTES = 1024 * 1024 + 1024
const FETCH_BYTES = 8 * 1024 * 1024
const READ_COMMITTED = 1
/** Tries of a round that fails because a leader moved. */
const TRIES = 3
const MOVED: readonly string[] = ['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'UNKNOWN_TOPIC_OR_PARTITION']

/** A reader on kafkajs; it connects at once. */
export async function createRecordReader(settings: KafkaSettings): Promise<RecordReader> {
  const cluster = clusterOf(kafkaClient(settings))
  try {
    await cluster.connect()
  } catch (error) {
    throw fromKafkajs(error, 'connecting')
  }
  const read = async (places: readonly RecordPlace[]) => {
    try {
      const found = await readAll(cluster, places)
      return places.map((place) => found.get(placeText(place)) ?? null)
    } catch (error) {
      throw fromKafkajs(error, 'reading records by their places')
    }
  }
  // One read after the other: kafkajs opens a connection for each concurrent read and closes only one of them.
  let last: Promise<unknown> = Promise.resolve()
  return {
    read(places) {
      const own = last.then(
        () => read(places),
        () => read(places),
      )
      last = own
      return own
    },
    close: async () => void (await cluster.disconnect()),
  }
}

/** Reads in rounds: each fetches, per partition, from the first place that is still to be read. */
async function readAll(cluster: Cluster, places: readonly RecordPlace[]): Promise<ReadonlyMap<string, LogRecord>> {
  const found = new Map<string, LogRecord>()
  const wanted = new Map(places.map((place) => [placeText(place), place]))
  if (wanted.size === 0) return found
  const keep = (records: readonly LogRecord[]) => {
    for (const record of records) {
      const place = placeText({ ...record, offset: Number(record.offset) })
      if (wanted.delete(place)) found.set(place, record)
    }
  }
  await cluster.addMultipleTargetTopics([...new Set(places.map(({ topic }) => topic))])
  while (wanted.size > 0) {
    const first = firstOfPartitions([...wanted.values()])
    keep(await fetchTogether(cluster, first))
    // A shared fetch leaves out a batch that is larger than its remaining space: fetched alone, the batch comes whole.
    for (const place of first.filter((one) => wanted.has(placeText(one)))) {
      keep(await fetchTogether(cluster, [place]))
      wanted.delete(placeText(place))
    }
  }
  return found
}

function firstOfPartitions(places: readonly RecordPlace[]): readonly RecordPlace[] {
  const first = new Map<string, RecordPlace>()
  for (const place of places) {
    const name = `${place.topic}#${place.partition}`
    const known = first.get(name)
    if (known === undefined || place.offset < known.offset) first.set(name, place)
  }
  return [...first.values()]
}

/** Empty when one of the places is out of its partition's range. */
async function fetchTogether(cluster: Cluster, places: readonly RecordPlace[]): Promise<readonly LogRecord[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      const leaders = [...Map.groupBy(places, (place) => leaderOf(cluster, place))]
      const fetches = leaders.map(([nodeId, led]) => (nodeId === null ? [] : fetchFrom(cluster, nodeId, led)))
      return (await Promise.all(fetches)).flat()
    } catch (error) {
      const type = protocolType(error) ?? ''
      if (type === 'OFFSET_OUT_OF_RANGE') return []
      if (tries === TRIES || !MOVED.includes(type)) throw error
      await cluster.refreshMetadata()
    }
  }
}

/** Null: the topic has no such partition. */
function leaderOf(cluster: Cluster, { topic, partition }: RecordPlace): string | null {
  return Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0] ?? null
}

async function fetchFrom(cluster: Cluster, nodeId: string, places: readonly RecordPlace[]): Promise<LogRecord[]> {
  const broker = await cluster.findBroker({ nodeId })
  const { responses } = await broker.fetch({
    // The records exist already, so waiting at the end of a partition would bring none.
    maxWaitTime: 1,
    minBytes: 1,
    maxBytes: FETCH_BYTES,
    isolationLevel: READ_COMMITTED,
    topics: [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition, offset }) => ({
        partition,
        fetchOffset: String(offset),
        maxBytes: PARTITION_BYTES,
      })),
    })),
  })
  return responses.flatMap(({ topicName, partitions }) =>
    partitions.flatMap(({ partition, messages }) =>
      messages.map((message) => toRecord({ topic: topicName, partition }, message)),
    ),
  )
}
