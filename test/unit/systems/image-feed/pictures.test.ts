/*
 * Addresses that are signed anew each day name the same picture: nothing is published, and a shop that has it is not sent it
 * again. A picture that changes at its address is another one.
 */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { UniversalImages } from '../../../../src/events/generated/events.ts'
import { contentDigest } from '../../../../src/events/identity.ts'
import { createGuardedHttp } from '../../../../src/platform/guarded-http.ts'
import { toUniversalImages } from '../../../../src/processors/map-images.ts'
import { createLinkChecks } from '../../../../src/systems/image-feed/check-links.ts'
import type { ImageFeedClient } from '../../../../src/systems/image-feed/client.ts'
import { askLink, type ImageVersion, isOther } from '../../../../src/systems/image-feed/link.ts'
import { readImageFeedImages } from '../../../../src/systems/image-feed/read-images.ts'
import { withoutParameters } from '../../../../src/systems/kit/image-address.ts'
import { noNotes, type ReaderNotes } from '../../../../src/systems/kit/reader-notes.ts'
import type { ReadEntity } from '../../../../src/systems/kit/source.ts'
import { entryOf, markOf, mediaChanges } from '../../../../src/systems/magento2/media.ts'
import { localNetwork } from '../../../data/loopback.ts'
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

  it('is published again before the last one ends, as the same picture: it may still wait to be fetched', async () => {
    const passing = ['X-Amz-*', 'Expires', 's*']
    const week = (days: number) => {
      const date = new Date(days * DAY_MS).toISOString().replaceAll(/[-:]|\.\d+/g, '')
      return `https://c.test/a?w=1&X-Amz-Date=${date}&X-Amz-Expires=604800&X-Amz-Signature=${days}`
    }
    const published = async (urls: readonly string[]) => {
      const entities = []
      for (const [day, url] of urls.entries()) entities.push(await read({ url, passing, at: day * DAY_MS }))
      for (const next of entities.slice(1)) {
        expect(changesBetween(entities[0] ?? next, next)).toEqual({ add: 0, change: 0, remove: 0 })
      }
      const digests = entities.map(digestOf)
      return digests.flatMap((digest, day) => (digest === digests[day - 1] ? [] : [day]))
    }
    const days = [...Array(11).keys()]
    // Each lasts for seven days: the one before still has three when the next one is published.
    expect(await published(days.map(week))).toEqual([0, 4, 7])
    expect(
      await published(days.map((day) => `https://c.test/a?Expires=${(day * DAY_MS) / 1000 + 1_700_000_000}`)),
    ).toEqual(days)
    const start = (day: number) => new Date(day * DAY_MS).toISOString()
    expect(
      await published(days.map((day) => `https://c.test/a?st=${start(day)}&se=${start(day + 20)}&sig=${day}`)),
    ).toEqual([0, 10])
    expect(await published(days.map((day) => `https://c.test/a?sig=${day}`))).toEqual(days)
    expect(await published(days.map(() => 'https://c.test/a?w=1'))).toEqual([0])
    const hourly = Array.from({ length: 24 }, (_, hour) => `https://c.test/a?Expires=${1_700_006_400 + hour * 3600}`)
    expect(await published(hourly)).toEqual([0])
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

  it('is another one of the same size once two answers agree, and not where servers of one address take turns', async () => {
    const [a, b, c] = [version('"a"', '10', 'Mon'), version('"b"', '10', 'Tue'), version('"c"', '10', 'Wed')]
    const changesOf = async (versions: readonly ImageVersion[]) => {
      const notes = notesInMemory()
      const pictures: (string | null | undefined)[] = []
      for (const [days, seen] of versions.entries()) {
        const { data } = await read({ url, notes, version: seen, at: days * (DAY_MS + 1) })
        pictures.push(data.gallery[0]?.picture)
      }
      return pictures.map((picture, index) => index > 0 && picture !== pictures[index - 1])
    }
    expect(await changesOf([a, b, a, b, a, b])).toEqual([false, false, false, false, false, false])
    expect(await changesOf([a, b, c, a, c, b])).toEqual([false, false, false, false, false, false])
    expect(await changesOf([a, b, b, b, c, c])).toEqual([false, false, true, false, false, true])
    expect(await changesOf([a, { ...b, size: '11' }, a])).toEqual([false, true, true])
    const unsettled = version(null, '10')
    expect(
      await changesOf([version(null, '10', 'Mon'), unsettled, version(null, '10', 'Tue'), version(null, '10', 'Tue')]),
    ).toEqual([false, false, false, true])
  })

  it('is asked for again after a day where it may be another one, however rarely links are asked', async () => {
    const asked: string[] = []
    let seen = version('"1"', '10')
    const client = {
      id: 'feed',
      passingParameters: [],
      checkLinksMs: 30 * DAY_MS,
      link: async (link: string) => {
        asked.push(link)
        return { state: 'good' as const, reason: 'answered 200', version: seen }
      },
    }
    const notes = notesInMemory()
    const ask = async (days: number) => {
      const checks = createLinkChecks(client, notes, manualClock(days * (DAY_MS + 1)))
      return (await checks.of([url], new AbortController().signal)).get(url)?.change
    }
    await ask(0)
    seen = version('"2"', '10')
    expect([await ask(1), asked.length]).toEqual([null, 1])
    expect([await ask(31), asked.length]).toEqual([null, 2])
    expect([await ask(32), asked.length]).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/), 3])
    await ask(33)
    expect(asked).toHaveLength(3)
  })

  it.each([
    ['as long ago as it says', 5000, true],
    ['not as just now: it is made for whoever asks', 0, false],
  ])('has been changed %s', async (_, agoMs, isTold) => {
    const now = Date.UTC(2026, 0, 5)
    const modified = new Date(now - agoMs).toUTCString()
    const headers = { 'content-type': 'image/png', date: new Date(now).toUTCString(), 'last-modified': modified }
    const server = createServer((_, response) => response.writeHead(200, headers).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const http = createGuardedHttp(localNetwork)
    const { version: told } = await askLink(http, `http://127.0.0.1:${port}/a.png`, new AbortController().signal)
    expect(told?.modified).toBe(isTold ? modified : null)
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
