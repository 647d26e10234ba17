import type { Consumer, ConsumerConfig, Kafka } from 'kafkajs'
import { createClusterOf } from './kafkajs-cluster.ts'

/** The parts of kafkajs 2.2.4's broker that a member of a group uses. */
interface Coordinator {
  /** Returns the function that builds requests of one kind, in the newest version both sides support. */
  lookupRequest(apiKey: number, definition: unknown): (fields: object) => unknown
  leaveGroup(): Promise<void>
}

interface GroupCluster {
  findGroupCoordinator(group: object): Promise<Coordinator>
}

/**
 * A consumer that is a static member of its group (KIP-345): when it stops, its partitions stay reserved until the
 * session time-out, and a process that joins with the same `instanceId` takes them over without a rebalance. kafkajs'
 * requests have the field (JoinGroup 5, SyncGroup 3, Heartbeat 3), but its consumer does not set it:
 * docs/decisions/20261129-static-members.md.
 */
export function staticMember(kafka: Kafka, instanceId: string, config: ConsumerConfig): Consumer {
  const { name, create } = createClusterOf(kafka)
  const createCluster = (options: Parameters<typeof create>[0]) => {
    const cluster = create(options) as unknown as GroupCluster
    const find = cluster.findGroupCoordinator.bind(cluster)
    cluster.findGroupCoordinator = async (group) => asInstance(await find(group), instanceId)
    return cluster
  }
  const tagged: Kafka = Object.create(kafka, { [name]: { value: createCluster } })
  return tagged.consumer(config)
}

/**
 * Wraps the coordinator: adds the instance id to requests and never leaves the group, which would give up partitions.
 */
function asInstance(coordinator: Coordinator, instanceId: string): Coordinator {
  return new Proxy(coordinator, {
    get(target, property, receiver) {
      if (property === 'leaveGroup') return async () => undefined
      if (property !== 'lookupRequest') return Reflect.get(target, property, receiver)
      return (apiKey: number, definition: unknown) => {
        const request = target.lookupRequest(apiKey, definition)
        return (fields: object) => request({ ...fields, groupInstanceId: instanceId })
      }
    },
  })
}
