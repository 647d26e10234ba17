import type { Read } from '../../configuration/model.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import type { ReadEntity, ReadWindow, SourceReader } from '../kit/source.ts'
import { requireText, type Wire } from '../kit/wire.ts'
import type { BigCommerceClient } from './client.ts'
import { toImageGalleries } from './images.ts'
import { productKey, productList, skuRows } from './read-catalog.ts'
import { fromBigCommerceTime } from './time.ts'
import { secondsPages } from './window.ts'

const SLICE = 100

/** Reads the images of the shop's products and variants by the products' `date_modified`, oldest first. */
export function readBigCommerceImages(client: BigCommerceClient, read: Read, clock: Clock): SourceReader<'images'> {
  const timing = { now: () => clock.now(), slice: SLICE }
  return {
    name: 'bigcommerce.images',
    entity: 'images',
    async *read(window, after, signal) {
      const list = productList(client, read, 'images,variants', signal)
      for await (const { rows, reached, requestedAt } of secondsPages(list, window, after, timing)) {
        const taken = readRows(rows, productKey, toEntities)
        const reachedAt = newestChange(taken.entities)
        yield { ...taken, rows: rows.flatMap(skuRows), reached, reachedAt, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const list = productList(client, { ...read, pageSize: 250 }, 'variants', signal)
      for await (const page of secondsPages(list, window, null, timing)) yield page.rows.flatMap(skuRows)
    },
  }
}

function toEntities(row: Wire): ReadEntity<'images'>[] {
  const occurredAt = fromBigCommerceTime(requireText(row, 'date_modified'), 'date_modified')
  const { id, sku, images, variants } = row
  const raw = stringifyExact({ id, sku, images, variants })
  return toImageGalleries(row).map((data) => ({ key: data.sku, occurredAt, deleted: false, data, raw }))
}
