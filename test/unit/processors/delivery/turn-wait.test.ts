import { expect, it } from 'vitest'
import { createGovernor } from '../../../../src/platform/governor/governor.ts'
import { ownPermits } from '../../../../src/platform/governor/permits.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

/** A delivery whose one request waits for so long until the account has a turn for it. */
async function delivered(waitMs: number) {
  const clock = virtualClock()
  const governor = createGovernor({ concurrency: 1 }, ownPermits(), clock)
  const world = sinkWorld(clock)
  const worker = world.worker({
    deliver: (_event, write, signal) => governor.run('orders', async () => write(), signal),
    timing: { attemptMs: 1_000, landingMs: 10_000, inPlaceMs: 0 },
  })
  const busy = governor.run('orders', () => clock.sleep(waitMs))
  const said = await worker.handle(world.append(version('A1', 1)))
  await busy
  return { said, writes: world.writes }
}

it('a delivery is not cut off while it waits for its turn with the account', async () => {
  expect(await delivered(3_000)).toEqual({ said: ['A1 succeeded'], writes: ['a-A1 v1'] })
})

it('but it does not wait for ever: it is parked, and comes again', async () => {
  const { said, writes } = await delivered(9_000)
  expect(said).toEqual(['A1 waiting timed_out'])
  expect(writes).toEqual([])
})
