import { describe, expect, it } from 'vitest'
import { networkRulesOf } from '../../src/platform/network-rules.ts'
import { feedWorld } from '../worlds/image-feed-world.ts'

const SAME = { read_count: 0, published: 0, state: 'ended' }

describe('runs of an image feed', () => {
  it('publish the same from every form of it', async () => {
    const forms = await Promise.all(
      ['images.csv', 'images.csv.gz', 'images.json', 'images.xml'].map(async (file) => {
        const world = await feedWorld({ file, pageSize: 1000 })
        expect(await world.run()).toMatchObject({ state: 'ended', unreadable: 0 })
        return (await world.events()).map(({ key, data }) => JSON.stringify([key, data]).replaceAll(world.url, ''))
      }),
    )
    expect(forms[0]?.length).toBeGreaterThan(10)
    for (const form of forms) expect(form).toEqual(forms[0])
  })

  it.each([
    ['ETag', true],
    ['Last-Modified alone', false],
  ])('do not transfer a feed that is the same by its %s, in the next process either', async (_, etag) => {
    const world = await feedWorld()
    await world.serve({ etag })
    await world.run()
    const before = (await world.events()).length
    expect(await world.run()).toMatchObject(SAME)
    await world.restart()
    expect(await world.run()).toMatchObject(SAME)
    expect(await world.requests(/images.csv/)).toEqual(['GET 200', 'GET 304', 'GET 304'])
    const sku = (await world.events())[0]?.key
    await world.putRow({ sku, url: 'https://cdn.test/new.jpg', position: 99, label: 'Nëu' })
    expect(await world.run()).toMatchObject({ published: 1 })
    expect((await world.events()).slice(before).map(({ key }) => key)).toEqual([sku])
    expect(await world.run('api', 0)).toMatchObject({ published: 0 })
    expect(await world.requests(/images.csv/)).toEqual([
      ...['200', '304', '304', '200', '200'].map((status) => `GET ${status}`),
    ])
  })

  it('sends the password and the headers that are its secrets', async () => {
    const login = { username: 'seller', password: 'pässword' }
    const world = await feedWorld({ secrets: { username: 'env:U', password: 'env:P', 'header.X-Feed-Key': 'env:K' } })
    for (const [name, value] of [
      ['env:U', login.username],
      ['env:P', login.password],
      ['env:K', 'k-1'],
    ] as const)
      world.secrets.set(name, value)
    await world.serve({ login, key: { name: 'X-Feed-Key', value: 'k-1' } })
    expect(await world.run()).toMatchObject({ state: 'ended' })
    await world.serve({ login, key: { name: 'X-Feed-Key', value: 'k-2' } })
    expect(await world.run('api', 0)).toMatchObject({ state: 'failed', error: { code: 'credentials_refused' } })
  })

  it('do not fetch from private addresses unless they may', async () => {
    const world = await feedWorld({ settings: { allowPrivateAddresses: 'true' }, network: networkRulesOf({}) })
    expect(await world.run()).toMatchObject({
      state: 'failed',
      error: { code: 'configuration_invalid', message: expect.stringContaining('private network') },
    })
    expect(await world.requests(/images.csv/)).toEqual([])
  })
})

describe('a feed that is not what it was', () => {
  it.each(['images.csv', 'images.csv.gz', 'images.json', 'images.xml'])(
    'is refused when it ends in the middle, and the last good one is kept: %s',
    async (file) => {
      const world = await feedWorld({ file })
      await world.run()
      const before = await world.events()
      for (const cut of ['announced', 'unannounced']) {
        await world.serve({ cut })
        const failed = await world.run('api', 0)
        expect(failed.state).toBe('failed')
        expect(failed.error?.code).toBe(cut === 'announced' ? 'target_unavailable' : 'source_data_invalid')
      }
      expect(await world.events()).toEqual(before)
      await world.serve({})
      expect(await world.run('api', 0)).toMatchObject({ state: 'ended', published: 0 })
    },
  )

  it('is refused when too many of its SKUs are gone, until someone accepts that', async () => {
    const world = await feedWorld({ mostGone: 0.3 })
    const all = await world.run()
    await world.serve({ rows: 10 })
    const refused = await world.run()
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' }, published: 0 })
    expect(refused.error?.message).toMatch(
      /SKUs in 10 rows, but had \d+ in \d+: more than 30 %.*sync images.images.all --sweep --accept-deletions/,
    )
    expect(await world.run('sweep')).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' } })
    expect((await world.events()).length).toBe(all.published)
    const accepted = await world.run('sweep-accepted')
    expect(accepted.state).toBe('ended')
    expect(accepted.published).toBeGreaterThan(0)
    expect(
      (await world.galleries())
        .values()
        .filter(({ deleted }) => !deleted)
        .toArray(),
    ).toHaveLength(all.published - accepted.published)
    expect(await world.run()).toMatchObject({ state: 'ended' })
    await world.serve({})
    expect(await world.run()).toMatchObject({ state: 'ended', published: accepted.published })
  })

  it('is refused when too many of its rows are gone, although every SKU has one', async () => {
    const world = await feedWorld()
    const [first] = await world.run().then(() => world.events())
    for (let n = 0; n < 400; n += 1)
      await world.putRow({ sku: first?.key, url: `https://cdn.test/${n}.jpg`, position: 100 + n })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1 })
    await world.removeSku(first?.key ?? '')
    await world.putRow({ sku: first?.key, url: 'https://cdn.test/0.jpg' })
    expect(await world.run()).toMatchObject({ state: 'failed', error: { code: 'too_many_gone' } })
  })

  it('is refused when it is empty, also the first time', async () => {
    const world = await feedWorld()
    await world.serve({ rows: 0 })
    expect(await world.run()).toMatchObject({
      state: 'failed',
      error: { code: 'source_data_invalid', message: expect.stringContaining('no rows') },
    })
  })

  it('may lose a few', async () => {
    const world = await feedWorld()
    await world.run()
    await world.removeSku((await world.events())[0]?.key ?? '')
    expect(await world.run()).toMatchObject({ state: 'ended', published: 0 })
  })

  it('has a wrong row: its SKU is a dead letter and stays as it was, the others go on', async () => {
    const world = await feedWorld()
    await world.run()
    const [first, second] = await world.events()
    await world.putRow({ sku: first?.key, url: 'https://cdn.test/x.jpg', position: -1 })
    await world.putRow({ sku: second?.key, url: 'https://cdn.test/y.jpg', position: 9 })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unreadable: 1 })
    expect((await world.galleries()).get(first?.key ?? '')).toEqual(first)
    expect(await world.deadLetters()).toMatchObject([
      { key: first?.key, code: 'source_data_invalid', message: expect.stringMatching(/line \d+, column "position"/) },
    ])
  })
})
