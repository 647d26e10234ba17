import type { Read } from '../core/model.ts'
import type { Clock } from '../platform/clock.ts'
import type { ImageFeedClient } from '../systems/image-feed/client.ts'
import { type FeedEntity, groupBySku, toGallery } from '../systems/image-feed/images.ts'
import { parseFeed } from '../systems/image-feed/parse.ts'
import { readRows } from './read-rows.ts'
import type { ReadEntity, SourceReader } from './source.ts'

/** ETag of each feed that was read to its end; kept as long as its client. */
const etags = new WeakMap<ImageFeedClient, string | null>()

/**
 * The whole feed, by SKU; it has no change times, so the window says only whether a feed that did not change is read
 * (from the beginning, or again: yes).
 */
export function imageFeedImages(client: ImageFeedClient, read: Read, clock: Clock): SourceReader<'images'> {
  return {
    name: 'image-feed.images',
    entity: 'images',
    async *read(window, after, signal) {
      const requestedAt = clock.now()
      const whole = window.from === null || window.again === true || after !== null
      const { text, etag } = await client.download(whole ? null : (etags.get(client) ?? null), signal)
      if (text === null) return
      const entities = groupBySku(parseFeed(text)).filter(
        ({ sku }) => after === null || (sku !== null && sku > after.id),
      )
      for (let start = 0; start < entities.length; start += read.pageSize) {
        const page = entities.slice(start, start + read.pageSize)
        const reached = { changedAt: '', id: page.at(-1)?.sku ?? '' }
        yield { ...readRows(page, feedKey, toEntity), rows: [], reached, requestedAt }
      }
      // Guarantee 1: only a feed whose every page was taken need not be read again. What was before `after` was of
      // another download.
      if (after === null) etags.set(client, etag)
    },
    async *keys(signal) {
      const { text } = await client.download(null, signal)
      yield text === null ? [] : groupBySku(parseFeed(text)).map((entity) => ({ key: feedKey(entity) }))
    },
  }
}

function toEntity(entity: FeedEntity): ReadEntity<'images'> {
  const raw = JSON.stringify(entity.rows.map(({ cells }) => cells))
  return { key: feedKey(entity), occurredAt: null, deleted: false, data: toGallery(entity), raw }
}

/** A row without SKU is known by its line. */
function feedKey({ sku, rows }: FeedEntity): string {
  return sku ?? `line ${rows[0]?.line}`
}
