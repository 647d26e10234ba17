import { removeMedia, saveMedia } from './change-product.ts'
import { downloadImage } from './download-image.ts'
import { productFinder } from './product-finder.ts'
import { type RowWriter, type WriteTarget, withoutProduct } from './row-writer.ts'
import { type RowResult, rowFailed, rowWritten, type StagedRow, skuOf } from './staged-row.ts'
import { nameOfFile, type WantedImage, wantedImages } from './wanted-images.ts'
import type { MediaEntry, Product } from './wire-types.ts'

/**
 * Writes galleries as the module does. The file of each picture is named after its source and picture, so none is added
 * twice, and only the pictures of the row's own source are changed or removed. A role is given only where the product
 * has no picture in it. A picture that fails holds up no other of its row, but nothing is removed then.
 */
export const writeImages: RowWriter = async (target, rows, notes) => {
  const find = productFinder(target.shop)
  for (const row of rows) {
    const product = find(skuOf(row))
    notes.begin([row])
    let result: RowResult
    try {
      result = product === undefined ? withoutProduct(row, target.shop) : await writeRow(target, row, product)
    } catch (error) {
      target.signal.throwIfAborted()
      result = rowFailed(error)
    }
    notes.end(row, result)
  }
}

async function writeRow(target: WriteTarget, row: StagedRow, product: Product): Promise<RowResult> {
  const { shop, signal, ownMedia } = target
  const wanted = wantedImages(row, ownMedia)
  const { kept, others, superfluous } = sortEntries(product, row, wanted)
  const taken = new Set([...others, ...kept.values()].flatMap(({ types }) => types))
  const current = () => shop.store.products.get(product.sku) ?? product
  const failures = new Set<string>()
  for (const [name, image] of wanted) {
    const roles = image.roles.filter((role) => !taken.has(role))
    for (const role of roles) taken.add(role)
    try {
      await saveImage(target, current, { image, entry: kept.get(name), roles })
    } catch (error) {
      signal.throwIfAborted()
      failures.add(error instanceof Error ? error.message : String(error))
    }
  }
  if (failures.size > 0) return rowFailed([...failures].join(' '))
  // At the end: until all new pictures are there, the product keeps the old ones.
  for (const { id } of superfluous) removeMedia(shop, current(), id)
  return rowWritten()
}

interface Save {
  readonly image: WantedImage
  readonly entry: MediaEntry | undefined
  readonly roles: readonly string[]
}

/** Adds a picture, or changes the one that is there. */
async function saveImage(
  { shop, signal }: WriteTarget,
  current: () => Product,
  { image, entry, roles }: Save,
): Promise<void> {
  const { label, position } = image
  if (entry === undefined) {
    const content = await downloadImage(image, signal)
    saveMedia(shop, current(), { media_type: 'image', disabled: false, label, position, types: [...roles], content })
  } else if ((entry.label ?? '') !== label || entry.position !== position || roles.length > 0) {
    saveMedia(shop, current(), { id: entry.id, label, position, types: [...entry.types, ...roles] })
  }
}

function sortEntries(product: Product, { row }: StagedRow, wanted: ReadonlyMap<string, WantedImage>) {
  const kept = new Map<string, MediaEntry>()
  const others: MediaEntry[] = []
  const superfluous: MediaEntry[] = []
  for (const entry of product.media_gallery_entries) {
    const name = nameOfFile(entry.file, row.source)
    if (name === null) others.push(entry)
    else if (wanted.has(name) && !kept.has(name)) kept.set(name, entry)
    else superfluous.push(entry)
  }
  return { kept, others, superfluous }
}
