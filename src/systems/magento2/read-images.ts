import type { Read } from '../../configuration/model.ts'
import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import { keysetPages } from '../kit/keyset-pages.ts'
import { newestChange } from '../kit/newest-change.ts'
import { readRows } from '../kit/read-rows.ts'
import { skuKey } from '../kit/sku.ts'
import type { ReadEntity, ReadWindow, SourceReader, WindowRow } from '../kit/source.ts'
import { requireText, textOf, type Wire, wiresOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { type MediaSettings, toImageGallery } from './images.ts'
import type { Magento2Values } from './settings.ts'
import { storeViewOf } from './store-view.ts'
import { fromMagentoTime } from './time.ts'
import { magento2Window } from './window.ts'

const FIELDS = 'items[id,sku,updated_at,media_gallery_entries,custom_attributes[attribute_code,value]],total_count'
const LIST_FIELDS = 'items[id,sku,updated_at],total_count'
const ROLES = new Set(['image', 'small_image', 'thumbnail', 'swatch_image'])

/**
 * Reads the media of the shop's products by the products' `updated_at`, oldest first. `read.filter` may contain product
 * fields.
 */
export function readMagento2Images(
  client: Magento2Client,
  read: Read,
  system: Pick<ConfiguredSystem<Magento2Values>, 'id' | 'settings'>,
  clock: Clock,
): SourceReader<'images'> {
  const { pageSize, filter } = read
  const list = { find: client.findProducts, idField: 'id', pageSize, filter }
  const now = () => clock.now()
  return {
    name: 'magento2.images',
    entity: 'images',
    async *read(window, after, signal) {
      const settings = await mediaSettings(client, system, signal)
      const source = magento2Window({ ...list, fields: FIELDS }, window, signal)
      for await (const { rows, reached, requestedAt } of keysetPages(source, after, now)) {
        const taken = readRows(rows, productKey, (row) => toEntity(row, settings))
        const reachedAt = newestChange(taken.entities)
        yield { ...taken, rows: rows.map(windowRow), reached, reachedAt, requestedAt }
      }
    },
    async *list(window: ReadWindow, signal: AbortSignal) {
      const source = magento2Window({ ...list, fields: LIST_FIELDS }, window, signal)
      for await (const page of keysetPages(source, null, now)) yield page.rows.map(windowRow)
    },
  }
}

/** The media address of the store view. */
async function mediaSettings(
  client: Magento2Client,
  system: Pick<ConfiguredSystem<Magento2Values>, 'id' | 'settings'>,
  signal: AbortSignal,
): Promise<MediaSettings> {
  const view = await storeViewOf(client, system, signal)
  const mediaUrl = textOf(view['secure_base_media_url']) ?? textOf(view['base_media_url'])
  if (mediaUrl === null) {
    const message = `system ${system.id} (magento2): the store view has no media address; set settings.storeView`
    throw new StreamError('configuration_invalid', message, { field: 'settings.storeView' })
  }
  const importedPrefix = system.settings.importedMediaPrefix
  return { mediaUrl: mediaUrl.endsWith('/') ? mediaUrl : `${mediaUrl}/`, importedPrefix }
}

function toEntity(row: Wire, settings: MediaSettings): ReadEntity<'images'> {
  const occurredAt = fromMagentoTime(requireText(row, 'updated_at'), 'updated_at')
  const data = toImageGallery(row, settings)
  return { key: data.sku, occurredAt, deleted: false, data, raw: stringifyExact(mediaOf(row)) }
}

/** Custom attributes are requested for the image roles; other attributes are not part of the media. */
function mediaOf(row: Wire): Wire {
  const roles = wiresOf(row['custom_attributes']).filter(({ attribute_code: code }) => ROLES.has(textOf(code) ?? ''))
  return { ...row, custom_attributes: roles }
}

function productKey(row: Wire): string {
  return skuKey(row['sku']) ?? `id ${textOf(row['id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: productKey(row), changedAt: textOf(row['updated_at']) ?? '' }
}
