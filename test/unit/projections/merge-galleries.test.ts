import { describe, expect, it } from 'vitest'
import { imageFeed } from '../../../src/projections/image-feed.ts'
import { type GalleryMerge, mergeGalleries } from '../../../src/projections/merge-galleries.ts'
import { imagesChanged } from '../../data/feed-events.ts'

const SHOP = 'shop'
const all: GalleryMerge = { pick: 'all', order: ['b', 'a', SHOP], fallback: SHOP, source: 'vendor' }

/** A row of a source with these addresses; the first one is its main image. */
function rowOf(source: string, urls: readonly string[], { deleted = false, time = 1 } = {}) {
  const event = imagesChanged({ source, deleted }, urls[0] ?? '')
  const [picture] = event.data.gallery
  const gallery = urls.flatMap((url, index) =>
    picture === undefined ? [] : [{ ...picture, url, position: index + 1 }],
  )
  const data = { ...event.data, image: urls[0] ?? null, gallery }
  return imageFeed.evolve(undefined, { ...event, data }, { time, offset: 0n })
}
const pictures = (row: ReturnType<typeof mergeGalleries>) =>
  ((row?.data['gallery'] ?? []) as { url: string; source: string; position: number }[]).map(
    ({ url, source, position }) => `${position} ${source} ${url}`,
  )

describe('galleries of a SKU', () => {
  it('become one, best source first, each picture once with its source', () => {
    const row = mergeGalleries([rowOf('a', ['1', '2'], { time: 9 }), rowOf('b', ['3', '1'])], all)
    expect(pictures(row)).toEqual(['1 b 3', '2 b 1', '3 a 2'])
    expect(row?.data).toMatchObject({ image: '3' })
    expect(row).toMatchObject({ source: 'vendor', key: 'A-1', deleted: false, updated_at: '1970-01-01T00:00:00.009Z' })
  })

  it('are that of the first source that has pictures, if the policy says so', () => {
    const first: GalleryMerge = { ...all, pick: 'first' }
    expect(pictures(mergeGalleries([rowOf('a', ['1']), rowOf('b', ['3', '1'])], first))).toEqual(['1 b 3', '2 b 1'])
    expect(pictures(mergeGalleries([rowOf('a', ['1']), rowOf('b', [])], first))).toEqual(['1 a 1'])
  })

  it("have the shop's pictures only while no other source has any, unless the policy names the shop", () => {
    expect(pictures(mergeGalleries([rowOf(SHOP, ['9']), rowOf('a', ['1'])], all))).toEqual(['1 a 1'])
    expect(pictures(mergeGalleries([rowOf(SHOP, ['9']), rowOf('a', [])], all))).toEqual(['1 shop 9'])
    const named: GalleryMerge = { ...all, order: [SHOP, 'a'], fallback: null }
    expect(pictures(mergeGalleries([rowOf('a', ['1']), rowOf(SHOP, ['9'])], named))).toEqual(['1 shop 9', '2 a 1'])
  })

  it('lose what a source deletes; without any source the row is deleted, with its last pictures', () => {
    const gone = rowOf('b', ['3'], { deleted: true })
    expect(pictures(mergeGalleries([gone, rowOf('a', ['1'])], all))).toEqual(['1 a 1'])
    const last = mergeGalleries([gone, rowOf('a', ['1'], { deleted: true })], all)
    expect([last?.deleted, pictures(last)]).toEqual([true, ['1 b 3', '2 a 1']])
    expect(mergeGalleries([], all)).toBeUndefined()
  })
})
