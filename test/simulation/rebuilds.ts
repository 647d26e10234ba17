import { createJobs } from '../../src/platform/jobs.ts'
import { feeds } from '../../src/projections/feeds.ts'
import { inventoryFeed } from '../../src/projections/inventory-feed.ts'
import { createRebuilds, type Rebuilds } from '../../src/projections/rebuild/create-rebuilds.ts'
import { rebuildRows } from '../../src/projections/rebuild/rebuild.ts'
import { SeededRandom } from './seeded-random.ts'
import type { World } from './world.ts'

const asked = { table: inventoryFeed.table, by: null, reason: null }

async function rebuildsOf(world: World): Promise<Rebuilds> {
  const { tables } = world
  const admin = await world.portsOf(world.process('rebuild')).log.admin()
  const jobs = createJobs(tables, rebuildRows)
  const clock = { now: () => world.now }
  return createRebuilds({ tables, admin, clock, jobs, feeds, topicPrefix: '' })
}

/** Makes the feed again while everything goes wrong, and switches to it, whatever is under way. */
export async function rebuildInChaos(world: World): Promise<void> {
  const random = new SeededRandom(world.plan.seed, 9)
  const { clock } = world.process('rebuilder')
  await clock.sleep(random.int(0, world.plan.chaosMs))
  const rebuilds = await rebuildsOf(world)
  const { id } = await rebuilds.request(asked)
  for (;;) {
    if ((await rebuilds.get(id)).state === 'ready') return void (await rebuilds.switch(id))
    await clock.sleep(random.int(50, 1_500))
  }
}

/** Makes the feed again when nothing is left to do; the generation that it is beside the live one. */
export async function rebuildInCalm(world: World, within: (done: () => boolean) => Promise<boolean>): Promise<number> {
  let generation: number | null = null
  const { clock } = world.process('rebuilder')
  const make = async () => {
    const rebuilds = await rebuildsOf(world)
    const { id } = await rebuilds.request(asked)
    for (let one = await rebuilds.get(id); ; one = await rebuilds.get(id)) {
      if (one.state === 'ready') return one.generation
      await clock.sleep(500)
    }
  }
  void make().then((made) => {
    generation = made
  })
  if (!(await within(() => generation !== null))) world.broken(9, 'the rebuild does not end')
  return generation ?? 0
}
