import { StreamError } from '../../errors.ts'
import { createDownload, type Download } from '../../platform/download.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import type { Sink } from '../kit/sink.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { entryOf, formatOf, markOf, mediaChanges, type WantedImage } from './media.ts'
import type { Magento2Values } from './settings.ts'

const MOST_BYTES = 20 * 1024 * 1024
const DOWNLOAD_MS = 20_000

type Client = Pick<Magento2Client, 'findProducts' | 'media' | 'addMedia' | 'changeMedia' | 'removeMedia'>

/**
 * Writes rows of the images feed as media of the shop's products. Magento needs the image data, so each image is
 * downloaded here, once: its file name is derived from its address and identifies it later (Guarantee 3). Images are
 * written one by one and not through the queue, because parallel writes to one product can overwrite each other. New
 * images are added before old ones are removed.
 */
export function writeMagento2Images(
  client: Client,
  { importedMediaPrefix: prefix }: Pick<Magento2Values, 'importedMediaPrefix'>,
  network: NetworkRules,
): Sink<'shop-images'> {
  const download = createDownload({ mostBytes: MOST_BYTES, timeoutMs: DOWNLOAD_MS }, network)
  return {
    kind: 'shop-images',
    naturalKey: false,
    async probe(signal) {
      await client.findProducts({ filters: [], sort: ['entity_id'], limit: 1, fields: 'total_count' }, signal)
    },
    async deliver({ source, deleted, data }, connection, signal) {
      const { sku } = data
      // The shop already has its own media.
      if (source === connection.shop) return { outcome: 'unchanged', targetId: sku }
      const gallery = await galleryOf(client, sku, deleted, signal)
      const changes = mediaChanges(gallery, deleted ? null : data, markOf(prefix, connection.id, source))
      const failures: unknown[] = []
      for (const image of changes.add) {
        await add(client, sku, image, download, signal).catch((error) => void failures.push(imageError(error)))
      }
      for (const { id, image } of changes.change) {
        await client.changeMedia(sku, id, { id: Number(id), ...entryOf(image) }, signal)
      }
      // An image that can't be fetched does not stop others, but old images stay until all new ones are there.
      if (failures.length > 0) throw failures[0]
      for (const id of changes.remove) await client.removeMedia(sku, id, signal)
      const count = changes.add.length + changes.change.length + changes.remove.length
      return { outcome: count === 0 ? 'unchanged' : 'written', targetId: sku }
    },
  }
}

async function galleryOf(client: Client, sku: string, deleted: boolean, signal: AbortSignal): Promise<readonly Wire[]> {
  try {
    return await client.media(sku, signal)
  } catch (error) {
    if (!(error instanceof StreamError && error.code === 'not_found')) throw error
    if (deleted) return []
    const message = `the shop has no product ${sku} (yet); create it or push products too; its images follow then`
    throw new StreamError('item_missing', message, { field: 'data.sku' })
  }
}

async function add(
  client: Client,
  sku: string,
  image: WantedImage,
  download: Download,
  signal: AbortSignal,
): Promise<void> {
  const bytes = await download(image.url, signal)
  const format = formatOf(bytes)
  if (format === null || format === 'webp') {
    const isWhat =
      format === null
        ? 'is not a JPEG, PNG or GIF image'
        : 'is a WebP image, which Magento does not accept; use JPEG, PNG or GIF'
    const message = `${textOf(image.url.split('?', 1)[0])} ${isWhat}`
    throw new StreamError('source_data_invalid', message, { field: 'data.gallery.url' })
  }
  await client.addMedia(sku, entryOf(image, { bytes, format }), signal)
}

/**
 * Returns an error of a single image, to be thrown at the end; rethrows an error of the shop, which ends the delivery.
 */
function imageError(error: unknown): unknown {
  if (error instanceof StreamError && ['source_data_invalid', 'item_missing', 'target_rejected'].includes(error.code)) {
    return error
  }
  throw error
}
