import { listReadControls } from '../../src/control/read-control.ts'
import type { World } from './world.ts'

const SINK = 'deliver-netsuite'

/** Which topic each group reads; the names are of stages. */
const TOPICS: Readonly<Record<string, string>> = {
  'route-orders': 'orders',
  'map-inventory': 'inventory',
  [SINK]: 'vendor-orders.netsuite',
  'reserve-stock-netsuite': 'vendor-orders.netsuite',
  'settle-stock-netsuite': 'sync-status',
  'project-inventory': 'universal-inventory',
  'project-tasks': 'sync-status',
  'project-staged': 'sync-status',
  'project-dead-letters': 'dead-letters',
  'dispatch-runs': 'sync-requests',
}

/** What is still to be done; nothing is left when the list is empty. Deliveries to a vendor that is down are not looked at. */
export async function leftToDo(world: World, isVendorDown = false): Promise<readonly string[]> {
  const left: string[] = []
  for (const [group, topic] of Object.entries(TOPICS)) {
    if (!(isVendorDown && group === SINK)) left.push(...lagOf(world, group, topic))
  }
  for (const { read, current, due } of await listReadControls(world.tables)) {
    if (current !== null || due !== null) left.push(`read ${read} has run ${current ?? due} to do`)
  }
  for await (const items of world.tables.scan('parked')) {
    const counted = isVendorDown ? items.filter(({ stage }) => !String(stage).startsWith(SINK)) : items
    left.push(...counted.map(({ stage, id, release_at: at }) => `${stage} has parked ${id} until ${at}`))
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
