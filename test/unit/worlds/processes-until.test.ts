import { expect, it } from 'vitest'
import { inStep, until } from '../../worlds/processes-until.ts'

const never = () => false

it('answers what is found, though looks before failed', async () => {
  let looks = 0
  const look = () => {
    looks += 1
    if (looks === 1) throw new Error('not there yet')
    return looks === 3 ? 'it' : undefined
  }
  expect(await until('it', look)).toBe('it')
})

it('says in its first line what was waited for, and how a look failed', async () => {
  const refused = () => {
    throw new Error('connect ECONNREFUSED\n  at the second line')
  }
  const waited = until('orders arrive', refused, { withinMs: 50 })
  await expect(waited).rejects.toThrow(
    /^waited 0.05 s for: orders arrive; the last look that failed: connect ECONNREFUSED$/,
  )
})

it('waits for as long as anything moves, however long that takes, and no longer', async () => {
  let [looks, moved] = [0, 0]
  const withinMs = 300
  const until300 = (isThere: () => boolean, progress: () => unknown) =>
    until('the end', isThere, { withinMs, progress })
  const began = performance.now()
  const late = () => performance.now() - began > 3 * withinMs
  await until300(late, () => {
    looks += 1
    return { offset: BigInt(looks) }
  })
  expect(looks).toBeGreaterThan(2)
  const stuck = until300(never, () => {
    moved = Math.min(3, moved + 1)
    return moved
  })
  await expect(stuck).rejects.toThrow('waited 0.3 s for: the end, while nothing changed (3)')
})

it('a look at the progress that fails says nothing of it', async () => {
  const broken = () => {
    throw new Error('the broker is gone')
  }
  await expect(until('the end', never, { withinMs: 50, progress: broken })).rejects.toThrow(
    /^waited 0.05 s for: the end$/,
  )
})

it('a step that fails names itself, then what was waited for, and then what the programs printed', async () => {
  const log = '{"msg":"a line of the log"}'
  const step = inStep(
    'restart of broker 1',
    () => until('orders arrive', never, { withinMs: 10 }),
    () => log,
  )
  const error: unknown = await step.catch((thrown: unknown) => thrown)
  const lines = error instanceof Error ? error.message.split('\n') : []
  expect(lines).toEqual(['restart of broker 1: waited 0.01 s for: orders arrive', log])
})
