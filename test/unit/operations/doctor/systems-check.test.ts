// doctor said that a feed of images accepts the credentials, although it has none.
import { expect, it } from 'vitest'
import { systemCheck } from '../../../../src/operations/doctor/systems-check.ts'
import { systemWith } from '../../../data/configuration.ts'

it.each([
  [{}, 'image-feed answers (0 ms)'],
  [{ token: 'env:TOKEN' }, 'image-feed accepts the credentials (0 ms)'],
])('with secrets %j it says: %s', async (secrets, message) => {
  const clients = { check: async () => ({ date: null }) }
  const check = systemCheck(systemWith('images', 'image-feed', { secrets }), { clients, now: () => 0 })
  const [found] = await check.run(new AbortController().signal)
  expect(found).toMatchObject({ level: 'ok', what: message })
})
