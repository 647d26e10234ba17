/*
 * What is not among the keys of a feed is deleted. A row that does not say whose it is may be of any SKU: the sweep is refused then,
 * and no gallery is taken away because a cell was not quoted.
 */
import { describe, expect, it } from 'vitest'
import { toStreamError } from '../../../../src/errors.ts'
import type { ImageFeedClient } from '../../../../src/systems/image-feed/client.ts'
import { groupBySku, toGallery } from '../../../../src/systems/image-feed/images.ts'
import type { Format } from '../../../../src/systems/image-feed/parse.ts'
import { readImageFeedImages } from '../../../../src/systems/image-feed/read-images.ts'
import { manualClock } from '../../../memory/manual-clock.ts'
import { parseText } from '../../../worlds/image-feed.ts'
import { readOf } from '../../../worlds/sources.ts'

type FeedSettings = Readonly<Record<string, string>> & { readonly format?: Format }

/** The keys that a sweep is given, or why it is refused. */
async function keysOf(
  text: string,
  settings: FeedSettings = {},
  accepted = false,
): Promise<readonly string[] | string> {
  const client: ImageFeedClient = {
    id: 'feed',
    passingParameters: [],
    checkLinksMs: null,
    download: async () => ({
      rows: await parseText(text, settings),
      validators: { etag: null, lastModified: null },
    }),
    link: async () => ({ state: 'unknown', reason: 'is not asked' }),
    check: async () => ({ date: null }),
  }
  const reader = readImageFeedImages(client, readOf('images', 'images', 10), {
    clock: manualClock(0),
    notes: undefined,
  })
  try {
    const pages = await Array.fromAsync(reader.keys?.(new AbortController().signal, accepted) ?? [])
    return pages.flat().map(({ key }) => key)
  } catch (error) {
    const { code, message } = toStreamError(error)
    return `${code}: ${message}`
  }
}

const rowsOf = (from: number) => Array.from({ length: 8 }, (_, index) => `WLD-${from + index}`)
const csv = (odd: string) =>
  ['name,sku,url', ...rowsOf(2).map((sku) => `Chair,${sku},https://c.test/${sku}.jpg`), odd, ''].join('\n')
const jsonl = (odd: string) =>
  [...rowsOf(2).map((sku) => JSON.stringify({ sku, url: `https://c.test/${sku}.jpg` })), odd, ''].join('\n')

describe('the keys of a feed', () => {
  it('are its SKUs, also where a row is wrong that says whose it is', async () => {
    expect(await keysOf(csv('Chair,WLD-1,no address'))).toEqual(['WLD-1', ...rowsOf(2)])
    expect(
      await keysOf(jsonl('{"sku":"WLD-1","url":{"href":"https://c.test/1.jpg"}}\n{"sku":"WLD-10","url":""}')),
    ).toEqual(['WLD-1', ...rowsOf(2)])
    expect(await keysOf(jsonl('{"sku":["WLD-1","WLD-10"],"url":"https://c.test/1.jpg"}\n{}'))).toEqual(
      expect.arrayContaining(['WLD-1', 'WLD-10']),
    )
  })

  it.each([
    ['a cell is not quoted', csv('Chair, oak,WLD-1,https://c.test/1.jpg'), /line 10 has 4 columns of 3/],
    ['a quote opens no cell', csv('"12" Chair",WLD-1,https://c.test/1.jpg\nChair,X,https://c.test/x.jpg'), /line 10/],
    ['a row has no SKU', csv('Chair,,https://c.test/1.jpg'), /line 10 has no valid SKU/],
    ['a SKU is none', csv('Chair,WLD\u0007-1,https://c.test/1.jpg'), /line 10 has no valid SKU/],
    [
      'cells are in one another’s place',
      csv('Chair,https://c.test/1.jpg,WLD-1,'),
      /line 10 has its address in column "sku"/,
    ],
    [
      'a line is not JSON',
      jsonl('{"sku":"WLD-1","url":\n{"sku":"X","url":"https://c.test/x.jpg"}'),
      /line 9 is not JSON/,
    ],
    [
      'a SKU is no text',
      jsonl('{"sku":{"id":"WLD-1"},"url":"https://c.test/1.jpg"}'),
      /line 9 has no text in column "sku"/,
    ],
  ])('are not told where %s, also when deletions are accepted', async (_, text, reason) => {
    const refused = {
      asMessage: expect.stringMatching(reason),
      asCode: expect.stringMatching(/^source_data_invalid: /),
    }
    for (const accepted of [false, true]) {
      const keys = await keysOf(text, {}, accepted)
      expect(keys).toEqual(refused.asMessage)
      expect(keys).toEqual(refused.asCode)
    }
  })
})

it('a row whose cells have moved makes no SKU lose its image, and no other one have it', async () => {
  const text = csv('Chair, oak,WLD-3,https://c.test/3b.jpg\nChair, WLD-2 large,WLD-5,https://c.test/5b.jpg')
  const entities = await groupBySku(await parseText(text, { mostOddPercent: '50' }))
  const read = entities.map((entity): [string | null, string] => {
    try {
      return [
        entity.sku,
        toGallery(entity)
          .gallery.map(({ url }) => url)
          .join(' '),
      ]
    } catch (error) {
      return [entity.sku, toStreamError(error).message]
    }
  })
  const moved = (line: number) => expect.stringMatching(`line ${line} has 4 columns of 3`)
  const whole = rowsOf(2).map((sku) => [sku, `https://c.test/${sku}.jpg`])
  expect(Object.fromEntries(read)).toEqual({
    ...Object.fromEntries(whole),
    'WLD-3': moved(10),
    'WLD-5': moved(11),
    oak: moved(10),
    'WLD-2 large': moved(11),
  })
})
