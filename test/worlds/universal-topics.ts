import type {
  UniversalImagesChanged,
  UniversalInventoryChanged,
  UniversalProductsChanged,
} from '../../src/events/generated/events.ts'
import { recordKey } from '../../src/events/topics.ts'
import type { OperationDeps } from '../../src/operations/dependencies.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import { partitionOfKey } from '../../src/platform/kafka/partition-of-key.ts'
import type { memoryCodec } from '../memory/codec.ts'

type RowEvent = UniversalProductsChanged | UniversalInventoryChanged | UniversalImagesChanged

const KINDS = ['universal-products', 'universal-inventory', 'universal-images'] as const

/** The topics of the feeds, as operations look into them; counts what is read. */
export function topicsInMemory(codec: ReturnType<typeof memoryCodec>, partitions: number) {
  const empty = () => Array.from({ length: partitions }, (): LogRecord[] => [])
  const topics = new Map<string, LogRecord[][]>(KINDS.map((kind) => [kind, empty()]))
  const read = { records: 0, partitions: new Set<number>() }
  const encoded = new WeakMap<RowEvent, readonly [string, Buffer]>()
  const encode = (event: RowEvent): readonly [string, Buffer] => {
    if ('attributes' in event.data) {
      return ['universal-products', codec.encode('universal-products', event as UniversalProductsChanged)]
    }
    return 'locations' in event.data
      ? ['universal-inventory', codec.encode('universal-inventory', event as UniversalInventoryChanged)]
      : ['universal-images', codec.encode('universal-images', event as UniversalImagesChanged)]
  }
  const deps: Pick<OperationDeps, 'admin' | 'staged'> = {
    admin: {
      createTopics: async () => [],
      committed: async () => new Map(),
      close: async () => undefined,
      ends: async (topic) =>
        (topics.get(topic) ?? []).map((records, partition) => ({ partition, start: 0n, end: BigInt(records.length) })),
    },
    staged: {
      codec,
      topicPrefix: '',
      reader: {
        async read(places) {
          const found = places.map(({ topic, partition, offset }) => topics.get(topic)?.[partition]?.[offset] ?? null)
          read.records += found.length
          for (const record of found) if (record !== null) read.partitions.add(record.partition)
          return found
        },
      },
    },
  }
  return {
    deps,
    read,
    append(timestamp: number, event: RowEvent) {
      const key = recordKey(event.connection, event.source, event.key)
      const partition = partitionOfKey(key, partitions)
      const [topic, value] = encoded.get(event) ?? encode(event)
      encoded.set(event, [topic, value])
      const records = topics.get(topic)?.[partition] ?? []
      const offset = BigInt(records.length)
      records.push({ topic, partition, offset, timestamp, key: Buffer.from(key), value, headers: [] })
    },
  }
}
