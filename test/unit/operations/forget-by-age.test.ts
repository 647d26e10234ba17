import { expect, it } from 'vitest'
import { settingsTables } from '../../../src/operations/cursor-key.ts'
import { destroyOldKeys, forgetByAge } from '../../../src/operations/forget/forget-by-age.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const DAY = 86_400_000
const { signal } = new AbortController()

it('old keys are looked for once a day, by whichever process comes first', async () => {
  const tables = memoryTables(settingsTables)
  const clock = manualClock(DAY)
  let looked = 0
  const personKeys = {
    destroyOld: async () => {
      looked += 1
      return 3
    },
  }
  const look = () => destroyOldKeys({ tables, personKeys, clock }, signal)
  expect((await Promise.all([look(), look(), look()])).toSorted()).toEqual([3, null, null])
  clock.set(2 * DAY - 1)
  expect(await look()).toBeNull()
  clock.set(2 * DAY)
  expect(await look()).toBe(3)
  expect(looked).toBe(2)
})

it('what failed is tried again, within the hour', async () => {
  const tables = memoryTables(settingsTables)
  const clock = manualClock(DAY)
  const ending = new AbortController()
  let calls = 0
  const again = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()
  const personKeys = {
    destroyOld: async () => {
      calls += 1
      if (calls === 1) {
        first.resolve()
        throw new Error('no table')
      }
      again.resolve()
      return 1
    },
  }
  const slept: number[] = []
  const sleep: typeof clock.sleep = async (ms, of) => {
    slept.push(ms)
    await clock.sleep(slept.length === 1 ? 0 : ms, of)
  }
  const ended = forgetByAge(
    { tables, personKeys, clock: { now: clock.now, sleep }, logger: silentLogger },
    ending.signal,
  )
  await first.promise
  await again.promise
  ending.abort()
  await ended
  expect(slept[0]).toBe(3_600_000)
})
