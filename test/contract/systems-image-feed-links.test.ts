import { describe, expect, it } from 'vitest'
import { type FeedWorld, feedWorld } from '../worlds/image-feed-world.ts'

const HOUR_MS = 60 * 60_000
const settings = { checkLinks: 'true' }

/** A SKU of several images, all of them the simulator's own, and another SKU. */
async function twoSkus(world: FeedWorld) {
  const galleries = [...(await world.galleries()).values()]
  const several = galleries.find(({ data }) => data.gallery.length > 1)
  const other = galleries.find(({ key }) => key !== several?.key)
  const [first, second] = several?.data.gallery ?? []
  if (several === undefined || other === undefined || first === undefined || second === undefined)
    throw new Error('too small')
  return { several, other, first: new URL(first.url).pathname, second: new URL(second.url).pathname }
}
const urlsOf = async (world: FeedWorld, sku: string) =>
  (await world.galleries()).get(sku)?.data.gallery.map(({ url }) => new URL(url).pathname) ?? []

describe('links of an image feed', () => {
  it('are asked once, and not again in the next process', async () => {
    const world = await feedWorld({ settings })
    const first = await world.run()
    expect(first).toMatchObject({ state: 'ended', unreadable: 0 })
    const asked = await world.requests(/^\/images/)
    const urls = new Set(
      [...(await world.galleries()).values()].flatMap(({ data }) => data.gallery.map(({ url }) => url)),
    )
    expect(asked).toHaveLength(urls.size)
    expect(new Set(asked)).toEqual(new Set(['HEAD 200']))
    await world.restart()
    expect(await world.run('api', 0)).toMatchObject({ state: 'ended', published: 0 })
    expect(await world.requests(/^\/images/)).toHaveLength(urls.size)
    await world.putRow({ sku: 'WLD-NEW', url: '/images/n/e/new.jpg' })
    expect(await world.run()).toMatchObject({ published: 1 })
    expect(await world.requests(/^\/images/)).toHaveLength(urls.size + 1)
  })

  it('that are broken are left out of their galleries and told of, until they are mended', async () => {
    const world = await feedWorld({ settings, pageSize: 1000 })
    await world.run()
    const { several, first } = await twoSkus(world)
    const broken = '/images/b/r/broken.jpg'
    await world.fault({ path: broken, kind: 'status', status: 404 })
    await world.putRow({ sku: several.key, url: broken, position: 0, role: 'image' })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 0, unreadable: 1 })
    expect(await world.deadLetters()).toMatchObject([
      {
        key: `${several.key} ${world.url}${broken}`,
        code: 'source_data_invalid',
        message: expect.stringMatching(/answered 404.*left out/),
      },
    ])
    // Known to be broken for an hour, and then asked again although the feed is the same.
    await world.fault()
    expect(await world.run()).toMatchObject({ read_count: 0 })
    world.later(HOUR_MS)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 1, unreadable: 0 })
    expect(await urlsOf(world, several.key)).toEqual(expect.arrayContaining([broken, first]))
  })

  it('may be of servers that take no HEAD', async () => {
    const world = await feedWorld({ settings })
    await world.fault({ method: 'HEAD', path: '^/images', kind: 'status', status: 405 })
    expect(await world.run()).toMatchObject({ state: 'ended', unreadable: 0 })
    expect(await world.requests(/^\/images/)).toEqual(expect.arrayContaining(['HEAD 405', 'GET 200']))
  })

  it('that lead to no image are broken, and so are addresses that are not fetched', async () => {
    const world = await feedWorld({ settings })
    await world.run()
    const { several } = await twoSkus(world)
    await world.putRow({ sku: several.key, url: `${world.url}/feeds/images.json`, position: 50 })
    await world.putRow({ sku: several.key, url: `${world.url}/redirect`, position: 51 })
    await world.fault({ path: '^/redirect', kind: 'status', status: 302, headers: { location: 'file:///etc/passwd' } })
    expect(await world.run()).toMatchObject({ published: 0, unreadable: 2 })
    const messages = (await world.deadLetters()).map(({ message }) => message)
    expect(messages).toEqual([
      expect.stringContaining('is not an image: application/json'),
      expect.stringContaining('only http and https'),
    ])
  })

  it('leave a SKU as it was when none of its images is left', async () => {
    const world = await feedWorld({ settings })
    await world.run()
    const { other } = await twoSkus(world)
    await world.removeSku(other.key)
    await world.fault({ path: '/images/g/o/gone', kind: 'status', status: 410 })
    await world.putRow({ sku: other.key, url: '/images/g/o/gone.jpg' })
    expect(await world.run()).toMatchObject({ state: 'ended', published: 0, unreadable: 2 })
    expect((await world.deadLetters())[0]).toMatchObject({
      key: other.key,
      message: expect.stringMatching(/none of its 1 images/),
    })
    expect((await world.galleries()).get(other.key)).toEqual(other)
  })

  it('of a server that is down take nothing away: galleries are as the feed has them, and it is asked again', async () => {
    const world = await feedWorld({ settings, pageSize: 1000 })
    await world.fault({ path: '^/images', kind: 'status', status: 503 })
    const down = await world.run()
    expect(down).toMatchObject({ state: 'ended', unreadable: 0 })
    const asked = (await world.requests(/^\/images/)).length
    const galleries = [...(await world.galleries()).values()]
    const urls = new Set(galleries.flatMap(({ data }) => data.gallery.map(({ url }) => url)))
    // It is left alone once it is known to be down: three say so, and what was under way beside them.
    expect(asked).toBeLessThanOrEqual(3 + 16)
    expect(urls.size).toBeGreaterThan(2 * asked)
    await world.fault()
    expect(await world.run()).toMatchObject({ read_count: 0 })
    world.later(HOUR_MS / 6)
    expect(await world.run()).toMatchObject({ state: 'ended', published: 0 })
    expect((await world.requests(/^\/images/)).length).toBeGreaterThan(asked)
    expect(await world.run()).toMatchObject({ read_count: 0 })
  })

  it('that are not known any more hold while their server is down', async () => {
    const world = await feedWorld({ settings, pageSize: 1000 })
    await world.run()
    const { several } = await twoSkus(world)
    const broken = '/images/b/r/broken.jpg'
    await world.putRow({ sku: several.key, url: broken, position: 90 })
    await world.fault({ path: broken, kind: 'status', status: 404 })
    await world.run()
    const before = await urlsOf(world, several.key)
    expect(before).not.toContain(broken)
    world.later(30 * 24 * HOUR_MS)
    await world.fault({ path: '^/images', kind: 'close' })
    expect(await world.run('api', 0)).toMatchObject({ state: 'ended', published: 0, unreadable: 1 })
    expect(await urlsOf(world, several.key)).toEqual(before)
  })

  it('are not asked of videos', async () => {
    const world = await feedWorld({
      settings: { ...settings, 'columns.media_type': 'label', 'columns.label': 'sku' },
      pageSize: 1000,
    })
    for (const [sku] of await world.run().then(() => world.galleries())) await world.removeSku(sku)
    const asked = (await world.requests(/^\/images/)).length
    await world.putRow({ sku: 'WLD-V', url: '/images/v/i/video', label: 'video/mp4' })
    await world.run('sweep-accepted')
    expect(await world.run()).toMatchObject({ state: 'ended' })
    expect(await world.requests(/^\/images/)).toHaveLength(asked)
  })
})
