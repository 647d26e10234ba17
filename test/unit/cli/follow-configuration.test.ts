import { expect, it, onTestFinished } from 'vitest'
import { followConfiguration } from '../../../src/cli/follow-configuration.ts'
import type { Configuration, System } from '../../../src/configuration/model.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { uncheckedSystem } from '../../worlds/sources.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const configuration = (revision: number, ...ids: string[]): Configuration => ({
  revision,
  systems: ids.map((id) => uncheckedSystem({ id, type: 'netsuite', address: 'https://erp.example.com' })),
  connections: [],
  metadata: [],
})

async function following(first: Configuration) {
  const clock = manualClock(0)
  let newest = first
  let refuse = false
  let refused = 0
  const made: string[] = []
  const createTopics = async (systems: readonly System[]) => {
    if (refuse) {
      refused += 1
      throw new Error('no broker')
    }
    made.push(systems.map(({ id }) => id).join(' '))
  }
  const watch = { current: () => newest, close: async () => undefined }
  const followed = await followConfiguration({ createTopics, clock, logger: silentLogger }, watch)
  onTestFinished(() => followed.close())
  return {
    followed,
    made,
    set: (next: Configuration) => {
      newest = next
    },
    refused: () => refused,
    broker: (up: boolean) => {
      refuse = !up
    },
    /** Lets time pass until it is so. */
    until: async (what: () => unknown, value: unknown) =>
      await expect
        .poll(() => {
          clock.set(clock.now() + 1000)
          return what()
        })
        .toEqual(value),
  }
}

it('takes a new system up when its topics are there, and not before', async () => {
  const { followed, made, set, broker, refused, until } = await following(configuration(1, 'a'))
  expect([followed.current().revision, made]).toEqual([1, ['a']])
  broker(false)
  set(configuration(2, 'a', 'b'))
  await until(() => refused() >= 2, true)
  expect(followed.current().revision).toBe(1)
  broker(true)
  await until(() => followed.current().revision, 2)
  set(configuration(3, 'b'))
  await until(() => followed.current().revision, 3)
  expect(made).toEqual(['a', 'a b'])
})

it('tells every configuration, and one that could not be taken up again', async () => {
  const { followed, set, until } = await following(configuration(1, 'a'))
  const taken: number[] = []
  let failures = 2
  await followed.follow(async ({ revision }) => {
    taken.push(revision)
    if (failures > 0) {
      failures -= 1
      throw new Error('a secret is not set')
    }
  })
  await until(() => taken.join(' '), '1 1 1')
  set(configuration(2, 'a'))
  await until(() => taken.join(' '), '1 1 1 2')
})
