import { expect, it } from 'vitest'
import { fuzzFeeds } from '../../fuzz/feeds.ts'

/* Of `npm run test:fuzz`, whose 20,000 feeds of each dialect take minutes, as many as take seconds. */
it('a feed that was mutated is refused, or each of its rows is read or reported', async () => {
  const { feeds, findings } = await fuzzFeeds({ seed: 1, count: 400 })
  expect(feeds).toBe(2000)
  expect(findings).toEqual([])
})
