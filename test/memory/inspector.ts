import type { LogInspector } from '../../src/platform/kafka/log-inspector.ts'
import type { MemoryBroker } from './broker.ts'

/** The port to look at the log, over a broker in memory. */
export function memoryInspector(broker: MemoryBroker): LogInspector {
  const partitionsOf = (topic: string) => broker.topic(topic).partitions.map((_, partition) => partition)
  const committedOf = (group: string) => {
    const offsets = [...broker.topics.keys()].flatMap((topic) => {
      const known = partitionsOf(topic).map((one) => [one, broker.group(group).committed(topic, one)] as const)
      return known.every(([, offset]) => offset === null) ? [] : [[topic, new Map(known)] as const]
    })
    return new Map(offsets)
  }
  return {
    brokers: async () => ({ brokers: ['memory:0'], release: '4.0 or newer' }),
    topics: async (definitions) =>
      definitions.flatMap(({ name }) => {
        const known = broker.topics.get(name)
        if (known === undefined) return []
        const { partitions, replication, config } = known.definition
        return [{ name, partitions, replication, impaired: 0, config }]
      }),
    async groups(prefix, most) {
      const names = [...broker.groups.keys()].filter((name) => name.startsWith(prefix)).toSorted()
      const groups = names.slice(0, most).map((name) => {
        const members = broker.group(name).settled()
        const state = members.length === 0 ? 'Empty' : 'Stable'
        return { name, state, members: members.map((id) => ({ id, partitions: 0 })), committed: committedOf(name) }
      })
      return { groups, complete: names.length <= most }
    },
    ends: async (topics) =>
      new Map(
        topics.map((topic) => [
          topic,
          partitionsOf(topic).map((partition) => ({ partition, start: 0n, end: broker.end(topic, partition) })),
        ]),
      ),
    close: async () => undefined,
  }
}
