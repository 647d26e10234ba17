import { expect, it } from 'vitest'
import { OwnedPartition } from '../../../../src/platform/runtime/partition-progress.ts'
import type { Stage } from '../../../../src/platform/runtime/stage.ts'
import { watchIdle } from '../../../../src/platform/runtime/watch-idle.ts'
import { silentLogger } from '../../../worlds/stage-context.ts'

/** One look at a stage with three partitions, each handled up to its end at 5. */
async function look(stage: Pick<Stage<'sync-status'>, 'onIdle' | 'onIdleAlone'>, owned: readonly OwnedPartition[]) {
  const ending = new AbortController()
  let slept = 0
  const clock = {
    now: () => 1_000,
    sleep: async () => {
      slept += 1
      if (slept > 1) ending.abort()
    },
  }
  for (const one of owned) one.handled ??= 5n
  const admin = { ends: async () => owned.map(({ partition }) => ({ partition, start: 0n, end: 5n })) }
  const deps = { admin, clock, logger: silentLogger, topicPrefix: 'p.', owned: () => owned }
  const whole = { name: 'project-staged', kind: 'sync-status', topics: ['sync-status'], handle: async () => undefined }
  await watchIdle({ ...whole, ...stage } as Stage<'sync-status'>, deps as never, ending.signal)
}

const partitions = () => [0, 1, 2].map((partition) => new OwnedPartition('p.sync-status', partition))

it('tells a stage of its idle partitions together, and of no other', async () => {
  const [first, second, third] = partitions() as [OwnedPartition, OwnedPartition, OwnedPartition]
  second.handled = 4n
  const told: unknown[] = []
  await look({ onIdle: async (...args) => void told.push(args) }, [first, second, third])
  expect(told).toEqual([[[0, 2], 'sync-status', 1_000]])
})

it('calls a stage alone while no batch of the partition is handled, also one that began meanwhile', async () => {
  const owned = partitions()
  const [first] = owned as [OwnedPartition]
  const told: string[] = []
  let batch: Promise<void> | undefined
  await look(
    {
      onIdle: async () => {
        const released = Promise.withResolvers<void>()
        batch = first.inTurn(async () => {
          told.push('batch of 0 begins')
          await released.promise
          told.push('batch of 0 ends')
        })
        setTimeout(released.resolve, 5)
      },
      onIdleAlone: async (partition, topic, asOf) => void told.push(`${partition} ${topic} ${asOf}`),
    },
    owned,
  )
  await batch
  // A partition at work is left to the next look.
  expect(told).toEqual(['batch of 0 begins', '1 sync-status 1000', '2 sync-status 1000', 'batch of 0 ends'])
})
