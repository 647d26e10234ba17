import { StreamError } from '../../src/errors.ts'
import type { LogHeader, LogRecord, OutgoingRecord, TopicDefinition } from '../../src/platform/kafka/event-log.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import { type BrokerTime, type GroupTimes, MemoryGroup } from './group.ts'

export interface BrokerSettings extends GroupTimes {
  readonly time: BrokerTime
  /** Append time of the next record; the broker's time by default. It may go back a little, as leaders' clocks do. */
  readonly stamp?: () => number
}

interface Partition {
  readonly records: LogRecord[]
  readonly waiting: Set<() => void>
}

interface Topic {
  readonly definition: TopicDefinition
  readonly partitions: readonly Partition[]
}

const MOST_BYTES = 1_048_588

/** Topics and groups in memory, shared by all who talk to them. Each method is one request, done at once. */
export class MemoryBroker {
  readonly topics = new Map<string, Topic>()
  readonly groups = new Map<string, MemoryGroup>()
  readonly #settings: BrokerSettings

  constructor(settings: BrokerSettings) {
    this.#settings = settings
  }

  createTopics(definitions: readonly TopicDefinition[]): readonly string[] {
    const created: string[] = []
    for (const definition of definitions) {
      const existing = this.topics.get(definition.name)
      if (existing === undefined) {
        const partitions = Array.from({ length: definition.partitions }, () => ({
          records: [],
          waiting: new Set<never>(),
        }))
        this.topics.set(definition.name, { definition, partitions })
        created.push(definition.name)
      } else if (existing.partitions.length !== definition.partitions) {
        const [has, wanted] = [existing.partitions.length, definition.partitions]
        const message = `topic ${definition.name} has ${has} partitions, but TOPIC_PARTITIONS is ${wanted}: set TOPIC_PARTITIONS=${has}`
        throw new StreamError('topic_differs', message)
      }
    }
    return created
  }

  topic(name: string): Topic {
    const topic = this.topics.get(name)
    if (topic === undefined) throw new StreamError('broker_unavailable', `there is no topic ${name}`)
    return topic
  }

  group(name: string): MemoryGroup {
    const known = this.groups.get(name)
    if (known !== undefined) return known
    const partitionsOf = (topic: string) => this.topic(topic).partitions.length
    const group = new MemoryGroup(this.#settings.time, this.#settings, partitionsOf)
    this.groups.set(name, group)
    return group
  }

  append(records: readonly OutgoingRecord[]): void {
    for (const { topic, value } of records) {
      const most = Number(this.topic(topic).definition.config['max.message.bytes'] ?? MOST_BYTES)
      if (value.length > most)
        throw new StreamError('value_too_large', `a record of ${value.length} bytes for ${topic}`)
    }
    for (const record of records) this.#append(record)
  }

  #append({ topic, key, value, headers = {} }: OutgoingRecord): void {
    const { partitions } = this.topic(topic)
    const number = partitionOfKey(key, partitions.length)
    const partition = partitions[number]
    if (partition === undefined) throw new Error('the partitioner chose a partition that is not there')
    partition.records.push({
      topic,
      partition: number,
      offset: BigInt(partition.records.length),
      timestamp: this.#settings.stamp?.() ?? this.#settings.time.now(),
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers: Object.entries(headers).flatMap(([name, values]) =>
        [values].flat().map((value): LogHeader => ({ key: name, value: Buffer.from(value) })),
      ),
    })
    const waiting = [...partition.waiting]
    partition.waiting.clear()
    for (const wake of waiting) wake()
  }

  records(topic: string, partition: number, from = 0n, most = Number.POSITIVE_INFINITY): readonly LogRecord[] {
    return this.#partition(topic, partition).records.slice(Number(from), Number(from) + most)
  }

  end(topic: string, partition: number): bigint {
    return BigInt(this.#partition(topic, partition).records.length)
  }

  /** Resolves at once when there is something at `from`, else with the next record. */
  async whenAppended(topic: string, partition: number, from: bigint, wakers: Set<() => void>): Promise<void> {
    const { records, waiting } = this.#partition(topic, partition)
    if (from < BigInt(records.length)) return
    await new Promise<void>((resolve) => {
      const wake = () => {
        waiting.delete(wake)
        wakers.delete(wake)
        resolve()
      }
      waiting.add(wake)
      wakers.add(wake)
    })
  }

  #partition(topic: string, number: number): Partition {
    const partition = this.topic(topic).partitions[number]
    if (partition === undefined) throw new StreamError('broker_unavailable', `${topic} has no partition ${number}`)
    return partition
  }
}
