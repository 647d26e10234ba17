import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { GalleryImage, ImageGallery } from '../../events/generated/events.ts'
import { skuProblem } from '../../events/sku.ts'
import type { Clock } from '../../platform/clock.ts'
import { withoutParameters } from '../kit/image-address.ts'
import { type ReadRows, readRows } from '../kit/read-rows.ts'
import { noNotes, type ReaderNotes } from '../kit/reader-notes.ts'
import type { ReadEntity, SourceReader, UnreadableEntity } from '../kit/source.ts'
import { createLinkChecks, type LinkChecks } from './check-links.ts'
import type { ImageFeedClient } from './client.ts'
import { assertPlausible, feedMemory, sizeOf } from './feed-note.ts'
import { type FeedEntity, groupBySku, toGallery } from './images.ts'
import { signaturePeriod } from './signature-period.ts'
import { createTurns, ROWS_AT_ONCE } from './turns.ts'

/**
 * Reads the whole feed, by SKU. It has no change times, so the window only decides whether an unchanged feed is read
 * (from the beginning, or again: yes). A feed that is incomplete or far smaller than the last valid one yields nothing.
 */
export function readImageFeedImages(
  client: ImageFeedClient,
  read: Read,
  { clock, notes = noNotes }: { readonly clock: Clock; readonly notes: ReaderNotes | undefined },
): SourceReader<'images'> {
  const memory = feedMemory(notes, read, client)
  return {
    name: 'image-feed.images',
    entity: 'images',
    async *read(window, after, signal) {
      const requestedAt = clock.now()
      const last = await memory.recall()
      const due = (last?.againAt ?? Number.POSITIVE_INFINITY) <= requestedAt
      const whole = window.from === null || window.again === true || after !== null || due
      const { rows, validators } = await client.download(whole ? null : (last?.validators ?? null), signal)
      if (rows === null) return
      const feed = await groupBySku(rows)
      const size = sizeOf(feed)
      assertPlausible(read, size, last)
      // From here on, events of the new feed are published: if the remembered feed returns, it must be read again.
      if (last !== undefined) await memory.remember({ ...last, validators: null })
      const left = feed.filter(({ sku }) => after === null || (sku !== null && sku > after.id))
      const twins = await caseTwins(feed)
      const links = client.checkLinksMs !== null ? createLinkChecks(client, notes, clock) : null
      for (let start = 0; start < left.length; start += read.pageSize) {
        const page = left.slice(start, start + read.pageSize)
        const taken = await readPage(page, links, { names: client.passingParameters, now: requestedAt }, signal)
        const reached = { changedAt: '', id: page.at(-1)?.sku ?? '' }
        const entities = taken.entities.map((entity) => ({ ...entity, ...twins.get(entity.key) }))
        yield { ...taken, entities, rows: [], reached, requestedAt }
      }
      // Guarantee 1: a feed is remembered only if all its pages were acknowledged. Pages before `after` came from
      // another download.
      if (after === null) await memory.remember({ ...size, validators, againAt: links?.againAt() ?? null })
    },
    async *keys(signal, accepted) {
      const { rows } = await client.download(null, signal)
      const feed = await groupBySku(rows ?? [])
      assertEverySkuIsKnown(feed)
      yield feed.map((entity) => ({ key: feedKey(entity) }))
      if (accepted) await memory.remember({ ...sizeOf(feed), validators: null, againAt: null })
    },
  }
}

/**
 * Guarantee 2: SKUs missing from the feed are deleted, so the SKU of each row must be known. Throws
 * `source_data_invalid` with the first row without one.
 */
function assertEverySkuIsKnown(feed: readonly FeedEntity[]): void {
  const reasons = feed
    .flatMap(({ sku, rows }) => (isKnownSku(sku) ? rows.filter((row) => row.isOfUnknownSku) : rows))
    .map(({ odd, place }) => odd ?? `${place} has no valid SKU`)
  const unknown = [...new Set(reasons)]
  const [first] = unknown
  if (first === undefined) return
  const message = `${unknown.length} rows of the image feed have no certain SKU, so nothing is deleted`
  throw new StreamError('source_data_invalid', `${message}; the first one: ${first}; correct it in the feed`)
}

function isKnownSku(sku: string | null): boolean {
  return sku !== null && skuProblem(sku) === null
}

/**
 * A warning for each SKU that differs from another one only in case: shops that ignore case have one product for both.
 */
async function caseTwins(
  feed: readonly FeedEntity[],
): Promise<ReadonlyMap<string, Pick<ReadEntity<'images'>, 'warning'>>> {
  const turn = createTurns(ROWS_AT_ONCE)
  const seen = new Map<string, string>()
  const twins = new Map<string, Pick<ReadEntity<'images'>, 'warning'>>()
  const warn = (sku: string, other: string) => {
    const message = `${sku} and ${other} differ only in case: a shop that ignores case has one product for both`
    twins.set(sku, { warning: { code: 'key_case', message } })
  }
  for (const { sku } of feed) {
    await turn()
    if (sku === null) continue
    const other = seen.get(sku.toLowerCase())
    if (other === undefined) seen.set(sku.toLowerCase(), sku)
    else {
      warn(sku, other)
      if (!twins.has(other)) warn(other, sku)
    }
  }
  return twins
}

/** Address parameters that do not identify the picture, and when the addresses were read. */
interface Passing {
  readonly names: readonly string[]
  readonly now: number
}

/** Reads the SKUs of a page; images that can't be fetched are left out of their galleries, and each is reported. */
async function readPage(
  page: readonly FeedEntity[],
  links: LinkChecks | null,
  passing: Passing,
  signal: AbortSignal,
): Promise<ReadRows<'images'>> {
  const asGiven = await readInTurns(page)
  if (links === null) return withPictures(asGiven, passing)
  const urls = new Set(asGiven.entities.flatMap(({ data }) => linksOf(data)))
  const answers = await links.of([...urls], signal)
  const broken = new Set([...urls].filter((url) => answers.get(url)?.state === 'broken'))
  const changes = new Map([...answers].map(([url, { change }]) => [url, change]))
  if (broken.size === 0) return withPictures(asGiven, passing, changes)
  const left = await readInTurns(page, broken)
  const reported = asGiven.entities.flatMap(({ key, data }) =>
    linksOf(data)
      .filter((url) => broken.has(url))
      .map((url) => brokenLink(key, url, answers.get(url)?.reason ?? '')),
  )
  const { entities } = withPictures(left, passing, changes)
  return { entities, unreadable: [...left.unreadable, ...reported] }
}

/**
 * Adds what identifies each picture if its address does not: the address has temporary parameters, or the picture at it
 * has changed. The comparison with what was published last also ignores temporary parameters, except for their
 * signature period: a shop that has yet to fetch a picture needs an address with a valid signature.
 */
function withPictures(
  { entities, unreadable }: ReadRows<'images'>,
  { names, now }: Passing,
  changes: ReadonlyMap<string, string | null> = new Map(),
): ReadRows<'images'> {
  const lasting = (url: string) => withoutParameters(url, names)
  const pictureOf = (url: string) => {
    const change = changes.get(url) ?? null
    return change === null ? (lasting(url) === url ? null : lasting(url)) : `${lasting(url)} ${change}`
  }
  const pictured = entities.map((entity): ReadEntity<'images'> => {
    const gallery = entity.data.gallery.map((image) => ({ ...image, picture: pictureOf(image.url) }))
    const data = { ...entity.data, gallery }
    if (names.length === 0) return { ...entity, data }
    const periodOf = (url: string) => (lasting(url) === url ? null : signaturePeriod(url, now))
    return { ...entity, data, compared: withLasting(data, lasting, periodOf) }
  })
  return { entities: pictured, unreadable }
}

function withLasting(
  data: ImageGallery,
  lasting: (url: string) => string,
  periodOf: (url: string) => number | null,
): ImageGallery {
  const pictureOf = ({ url, picture }: GalleryImage) => {
    const period = periodOf(url)
    return period === null ? picture : `${picture} ${period}`
  }
  const role = (url: string | null) => (url === null ? null : lasting(url))
  return {
    ...data,
    image: role(data.image),
    smallImage: role(data.smallImage),
    thumbnail: role(data.thumbnail),
    swatchImage: role(data.swatchImage),
    gallery: data.gallery.map((image) => ({ ...image, url: lasting(image.url), picture: pictureOf(image) })),
  }
}

/** One SKU may have as many rows as a page has SKUs, so this yields to other work after a number of rows. */
async function readInTurns(page: readonly FeedEntity[], leftOut?: ReadonlySet<string>): Promise<ReadRows<'images'>> {
  const turn = createTurns(ROWS_AT_ONCE)
  const read: ReadRows<'images'>[] = []
  for (const entity of page) {
    read.push(readRows([entity], feedKey, (one) => toEntity(one, leftOut)))
    for (const _ of entity.rows) await turn()
  }
  return {
    entities: read.flatMap(({ entities }) => entities),
    unreadable: read.flatMap(({ unreadable }) => unreadable),
  }
}

function toEntity(entity: FeedEntity, leftOut?: ReadonlySet<string>): ReadEntity<'images'> {
  const raw = JSON.stringify(entity.rows.map(({ cells }) => cells))
  return { key: feedKey(entity), occurredAt: null, deleted: false, data: toGallery(entity, leftOut), raw }
}

/** The key of a row without a SKU is its place. */
function feedKey({ sku, rows }: FeedEntity): string {
  return sku ?? rows[0]?.place ?? ''
}

/** Addresses to check: those of videos are not images. */
function linksOf({ gallery }: ImageGallery): readonly string[] {
  return gallery.filter(({ mediaType }) => mediaType === 'image').map(({ url }) => url)
}

function brokenLink(sku: string, url: string, reason: string): UnreadableEntity {
  const { origin, pathname } = new URL(url)
  const message = `an image of ${sku} can't be fetched: it ${reason}; it is left out of the gallery; correct the feed`
  const error = new StreamError('source_data_invalid', message, { field: 'url' })
  return { key: `${sku} ${origin}${pathname}`, error, raw: JSON.stringify({ sku, url }) }
}
