import { StreamError } from '../../src/errors.ts'
import type { Clock } from '../../src/platform/clock.ts'
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
  const { clock } = world.process('rebuild')
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
    if ((await rebuilds.get(id)).state === 'ready') {
      await rebuilds.switch(id)
      return await undoNowAndThen(rebuilds, id, { random, clock })
    }
    await clock.sleep(random.int(50, 1_500))
  }
}

/** Half of the switches are undone, at any moment; half of these are made once more. */
async function undoNowAndThen(
  rebuilds: Rebuilds,
  id: string,
  { random, clock }: { readonly random: SeededRandom; readonly clock: Clock },
): Promise<void> {
  if (random.int(0, 1) === 0) return
  await clock.sleep(random.int(0, 20_000))
  while (!(await isUndone(rebuilds, id))) await clock.sleep(1_000)
  if (random.int(0, 1) === 0) return void (await rebuilds.drop(id))
  await clock.sleep(random.int(0, 2_000))
  await rebuilds.switch(id)
}

const passing: readonly string[] = ['state_conflict', 'broker_unavailable']

/** False: what came last is written by nobody just now, or the broker does not answer. */
async function isUndone(rebuilds: Rebuilds, id: string): Promise<boolean> {
  try {
    return (await rebuilds.undo(id)).state === 'ready'
  } catch (error) {
    if (error instanceof StreamError && passing.includes(error.code)) return false
    throw error
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
