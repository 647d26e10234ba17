import { listReadControls } from '../../src/control/read-control.ts'
import type { World } from './world.ts'

/** Which topic each group reads; the names are of stages. */
const TOPICS: Readonly<Record<string, string>> = {
  'route-orders': 'orders',
  'map-inventory': 'inventory',
  'deliver-netsuite': 'vendor-orders.netsuite',
  'project-inventory': 'universal-inventory',
  'project-tasks': 'sync-status',
  'project-staged': 'sync-status',
  'project-dead-letters': 'dead-letters',
  'dispatch-runs': 'sync-requests',
}

/** What is still to be done; nothing is left when the list is empty. */
export async function leftToDo(world: World): Promise<readonly string[]> {
  const left: string[] = []
  for (const [group, topic] of Object.entries(TOPICS)) left.push(...lagOf(world, group, topic))
  for (const { read, current, due } of await listReadControls(world.tables)) {
    if (current !== null || due !== null) left.push(`read ${read} has run ${current ?? due} to do`)
  }
  for await (const items of world.tables.scan('parked')) {
    left.push(...items.map(({ stage, id, release_at: at }) => `${stage} has parked ${id} until ${at}`))
  }
  return left
}

function lagOf(world: World, group: string, topic: string): readonly string[] {
  return Array.from({ length: world.plan.partitions }, (_, partition) => {
    const end = world.broker.end(topic, partition)
    const committed = world.broker.group(group).committed(topic, partition) ?? 0n
    return committed === end ? [] : [`${group} is at ${committed} of ${end} in partition ${partition} of ${topic}`]
  }).flat()
}
