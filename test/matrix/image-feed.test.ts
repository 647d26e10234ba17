import { expect } from 'vitest'
import { type FeedWorld, feedWorld } from '../worlds/image-feed-world.ts'
import { testFaults } from './fault-matrix.ts'

const FEED = '^/feeds/'

/** A run under faults of the feed ends well and has published all of it once. */
async function survives(...rules: readonly object[]): Promise<FeedWorld> {
  const world = await feedWorld()
  await world.fault(...rules.map((rule) => ({ path: FEED, ...rule })))
  const run = await world.run()
  expect(run).toMatchObject({ state: 'ended', unreadable: 0 })
  expect(run.published).toBeGreaterThan(10)
  const keys = (await world.events()).map(({ key }) => key)
  expect(new Set(keys).size).toBe(keys.length)
  expect(keys).toHaveLength(run.published)
  return world
}

testFaults('image-feed', {
  'rate-limited': async () => {
    const before = Date.now()
    const world = await survives({ kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 1 })
    expect(await world.requests(/feeds/)).toEqual(['GET 429', 'GET 200'])
    // It was left alone for as long as it asked for.
    expect(Date.now() - before).toBeGreaterThanOrEqual(1000)
  },
  'rate-limited-silently': async () => {
    const world = await survives({ kind: 'status', status: 429, times: 2 })
    expect(await world.requests(/feeds/)).toEqual(['GET 429', 'GET 429', 'GET 200'])
  },
  'gateway-page': async () => {
    const world = await survives({ kind: 'html', status: 502, times: 1 }, { kind: 'html', status: 200, times: 1 })
    expect(await world.requests(/feeds/)).toEqual(['GET 502', 'GET 200', 'GET 200'])
  },
  'lost-answer': async () => {
    const world = await survives({ kind: 'commit-then-close', times: 2 })
    expect(await world.requests(/feeds/)).toHaveLength(3)
  },
  'expired-login': async () => {
    const secrets = { username: 'env:USER', password: 'env:PASSWORD' }
    const world = await feedWorld({ secrets })
    const login = (password: string) => ({ login: { username: 'seller', password } })
    world.secrets.set('env:USER', 'seller').set('env:PASSWORD', 'old')
    await world.serve(login('old'))
    await world.run()
    const before = await world.events()
    await world.serve(login('new'))
    expect(await world.run('api', 0)).toMatchObject({ state: 'failed', error: { code: 'credentials_refused' } })
    expect(await world.events()).toEqual(before)
    // The secret is renewed where it is kept, and no process is restarted.
    world.secrets.set('env:PASSWORD', 'new')
    expect(await world.run('api', 0)).toMatchObject({ state: 'ended', unchanged: before.length, published: 0 })
  },
  'half-an-answer': async () => {
    for (const file of ['images.csv', 'images.csv.gz', 'images.json', 'images.xml']) {
      const world = await feedWorld({ file })
      await world.run()
      const before = await world.events()
      // Half of it as if it were all of it; half of it, with the length of all; half of it, with no length.
      await world.fault({ path: FEED, kind: 'truncate' })
      expect(await world.run('api', 0)).toMatchObject({ state: 'failed', error: { code: 'source_data_invalid' } })
      await world.fault()
      for (const cut of ['announced', 'unannounced']) {
        await world.serve({ cut })
        expect(await world.run('api', 0)).toMatchObject({ state: 'failed', published: 0 })
      }
      await world.serve({})
      expect(await world.run()).toMatchObject({ state: 'ended', published: 0 })
      expect(await world.events()).toEqual(before)
      expect(await world.deadLetters()).toEqual([])
    }
  },
  'slow-answer': async () => {
    const world = await feedWorld({ settings: { timeoutSeconds: '1' } })
    await world.fault({ path: FEED, kind: 'slow', delayMs: 1500, times: 1 })
    expect(await world.run()).toMatchObject({ state: 'ended' })
    expect(await world.requests(/feeds/)).toHaveLength(2)
  },
  'rows-move': async () => {
    const world = await feedWorld({ pageSize: 1 })
    await world.run()
    const [, changed] = await world.events()
    const added = { sku: changed?.key, url: 'https://cdn.test/while-it-is-read.jpg', position: 77 }
    // The feed changes once it was sent, while its pages are still being taken: this run has what was sent, the next the rest.
    await world.serve({ thenPut: added })
    expect(await world.run('api', 0)).toMatchObject({ state: 'ended', published: 0 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    expect((await world.galleries()).get(changed?.key ?? '')?.data.gallery.at(-1)).toMatchObject({ url: added.url })
  },
})
