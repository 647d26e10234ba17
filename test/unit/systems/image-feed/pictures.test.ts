/*
 * Addresses that are signed anew each day name the same picture: nothing is published, and a shop that has it is not sent it
 * again. A picture that changes at its address is another one.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { UniversalImages } from '../../../../src/events/generated/events.ts'
import { contentDigest } from '../../../../src/events/identity.ts'
import { toUniversalImages } from '../../../../src/processors/map-images.ts'
import type { ImageFeedClient } from '../../../../src/systems/image-feed/client.ts'
import { type ImageVersion, isOther } from '../../../../src/systems/image-feed/link.ts'
import { readImageFeedImages } from '../../../../src/systems/image-feed/read-images.ts'
import { withoutParameters } from '../../../../src/systems/kit/image-address.ts'
import { noNotes, type ReaderNotes } from '../../../../src/systems/kit/reader-notes.ts'
import type { ReadEntity } from '../../../../src/systems/kit/source.ts'
import { entryOf, markOf, mediaChanges } from '../../../../src/systems/magento2/media.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { readOf, WHOLE } from '../../../worlds/sources.ts'

const DAY_MS = 86_400_000
const { day1, day2 } = JSON.parse(
  readFileSync(new URL('../../../cases/goods/81-signed-url-next-day.json', import.meta.url), 'utf8'),
) as { readonly day1: string; readonly day2: string }
const MARK = markOf('ws-', 'connection', 'images')

interface Given {
  readonly url: string
  readonly passing?: readonly string[]
  readonly version?: ImageVersion
  readonly notes?: ReaderNotes
  readonly at?: number
}

async function read({ url, passing = [], version, notes = noNotes, at = 0 }: Given): Promise<ReadEntity<'images'>> {
  const client: ImageFeedClient = {
    id: 'feed',
    passingParameters: passing,
    checkLinksMs: version === undefined ? null : DAY_MS,
    download: async () => ({
      rows: [{ place: 'line 2', sku: 'A', cells: { url: [url], role: ['image'] } }],
      validators: { etag: null, lastModified: null },
    }),
    link: async () => ({ state: 'good', reason: 'answered 200', ...(version === undefined ? {} : { version }) }),
    check: async () => ({ date: null }),
  }
  const reader = readImageFeedImages(client, readOf('images', 'images', 10), { clock: manualClock(at), notes })
  const pages = await Array.fromAsync(reader.read(WHOLE, null, new AbortController().signal))
  const entity = pages[0]?.entities[0]
  if (entity === undefined) throw new Error('nothing was read')
  return entity
}

const digestOf = ({ data, compared = data }: ReadEntity<'images'>) => contentDigest({ deleted: false, data: compared })

/** What is to be done in a shop that has the first one, to have the second one. */
function changesBetween(first: ReadEntity<'images'>, second: ReadEntity<'images'>) {
  const row = (entity: ReadEntity<'images'>): UniversalImages => toUniversalImages(entity.data)
  const gallery = mediaChanges([], row(first), MARK).add.map((image, index) => ({
    ...entryOf(image),
    id: index,
    label: null,
    file: `/w/s/${image.name}.jpg`,
  }))
  const { add, change, remove } = mediaChanges(gallery, row(second), MARK)
  return { add: add.length, change: change.length, remove: remove.length }
}

describe('a signed address', () => {
  it('is of the same picture on the next day, where its signature is named', async () => {
    const passing = ['X-Amz-*']
    const [first, second] = [await read({ url: day1, passing }), await read({ url: day2, passing })]
    expect(second.data.gallery[0]?.url).toBe(day2)
    expect(digestOf(second)).toBe(digestOf(first))
    expect(changesBetween(first, second)).toEqual({ add: 0, change: 0, remove: 0 })
  })

  it('is of another picture where it is not, or where another parameter differs', async () => {
    const [first, second] = [await read({ url: day1 }), await read({ url: day2 })]
    expect(digestOf(second)).not.toBe(digestOf(first))
    const passing = ['X-Amz-*']
    const sizes = [await read({ url: `${day1}&w=1`, passing }), await read({ url: `${day2}&w=2`, passing })] as const
    expect(digestOf(sizes[0])).not.toBe(digestOf(sizes[1]))
    expect(changesBetween(...sizes)).toEqual({ add: 1, change: 0, remove: 1 })
  })

  it.each([
    ['https://c.test/a?sig=1&w=2&se=3#x', 'https://c.test/a?w=2#x'],
    ['https://c.test/a?sig=1', 'https://c.test/a'],
    ['https://c.test/a?%73ig=1&w', 'https://c.test/a?w'],
    ['https://c.test/sig=1', 'https://c.test/sig=1'],
    ['https://c.test/a?%zz=1', 'https://c.test/a?%zz=1'],
  ])('is looked at without its parameters: %s', (address, rest) => {
    expect(withoutParameters(address, ['sig', 's*'])).toBe(rest)
  })

  it('has the digest that it had before there were pictures, where nothing tells them', async () => {
    const { data } = await read({ url: 'https://c.test/a.jpg' })
    const before = { ...data, gallery: data.gallery.map(({ picture: _, ...image }) => image) }
    expect(contentDigest({ deleted: false, data })).toBe(contentDigest({ deleted: false, data: before }))
  })
})

describe('a picture that changes at its address', () => {
  const url = 'https://c.test/a.jpg'
  const version = (etag: string | null, size: string | null = null, modified: string | null = null) => ({
    etag,
    size,
    modified,
  })
  const notesInMemory = (): ReaderNotes => {
    const rows = new Map<string, { readonly id: string }>()
    return {
      find: async (ids) => new Map(ids.flatMap((id) => (rows.has(id) ? [[id, rows.get(id) ?? {}]] : []))),
      keep: async (notes) => {
        for (const note of notes) rows.set(note.id, note)
      },
    }
  }

  it('is sent again, once, and is the address itself before it ever changed', async () => {
    const notes = notesInMemory()
    const at = (days: number, seen: ImageVersion) => read({ url, notes, version: seen, at: days * (DAY_MS + 1) })
    const first = await at(0, version('"1"'))
    const same = await at(1, version('"1"'))
    const second = await at(2, version('"2"'))
    const again = await at(3, version('"2"'))
    const third = await at(4, version('"3"'))
    expect([first, same].map(({ data }) => data.gallery[0]?.picture)).toEqual([null, null])
    expect(digestOf(same)).toBe(digestOf(first))
    expect(changesBetween(first, second)).toEqual({ add: 1, change: 0, remove: 1 })
    expect(digestOf(second)).not.toBe(digestOf(first))
    expect(digestOf(again)).toBe(digestOf(second))
    expect(changesBetween(second, third)).toEqual({ add: 1, change: 0, remove: 1 })
  })

  it.each([
    [version('"1"'), version('"1"'), false],
    [version('"1"'), version('"2"'), true],
    [version('"1"', '10', 'Mon'), version('"2"', '10', 'Mon'), false],
    [version('"1"', '10', 'Mon'), version('"2"', '11', 'Mon'), true],
    [version(null, '10'), version(null, '11'), true],
    [version(null, '10', 'Mon'), version(null, '10', 'Tue'), true],
    [version(null), version(null, '10', 'Mon'), false],
  ])('is told by ETag, size and time: %j, %j', (a, b, other) => {
    expect(isOther(a, b)).toBe(other)
  })
})
