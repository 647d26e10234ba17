import { createHash } from 'node:crypto'
import type { UniversalImages } from '../../events/generated/events.ts'
import { textOf, type Wire } from '../kit/wire.ts'

const ROLES = [
  ['image', 'image'],
  ['smallImage', 'small_image'],
  ['thumbnail', 'thumbnail'],
  ['swatchImage', 'swatch_image'],
] as const

/** An image that the shop must have. */
export interface WantedImage {
  readonly url: string
  /** Its file name in the shop without extension, which identifies it. */
  readonly name: string
  readonly label: string | null
  readonly position: number
  readonly types: readonly string[]
}

/** The changes that make a gallery match the wanted images; entries are identified by the shop's ids. */
export interface MediaChanges {
  readonly add: readonly WantedImage[]
  readonly change: readonly { readonly id: string; readonly image: WantedImage }[]
  readonly remove: readonly string[]
}

/**
 * Compares a gallery with a row of the images feed. Pure. Only files whose name starts with `mark` belong to
 * Waldstream: other media are never changed or removed, and keep their roles. Videos are not sent. `row` null: all of
 * Waldstream's images are removed.
 */
export function mediaChanges(gallery: readonly Wire[], row: UniversalImages | null, mark: string): MediaChanges {
  const own = gallery.filter((entry) => nameOf(entry)?.startsWith(mark) === true)
  const taken = new Set(gallery.filter((entry) => !own.includes(entry)).flatMap((entry) => typesOf(entry)))
  const wanted = row === null ? [] : wantedImages(row, mark, taken)
  const kept = new Map<string, Wire>()
  for (const { name } of wanted) {
    // Magento adds _1 to a name that already exists.
    const entry = own.find((one) => nameOf(one) === name) ?? own.find((one) => nameOf(one)?.startsWith(name) === true)
    if (entry !== undefined) kept.set(name, entry)
  }
  const keptEntries = new Set(kept.values())
  return {
    add: wanted.filter(({ name }) => !kept.has(name)),
    change: wanted.flatMap((image) => {
      const entry = kept.get(image.name)
      return entry === undefined || isSame(entry, image) ? [] : [{ id: textOf(entry['id']) ?? '', image }]
    }),
    remove: own.filter((entry) => !keptEntries.has(entry)).map((entry) => textOf(entry['id']) ?? ''),
  }
}

/** File name prefix for one connection and source: files of other connections are left alone. */
export function markOf(prefix: string, connection: string, source: string): string {
  return `${prefix}${digestOf(`${connection}|${source}`).slice(0, 8)}-`
}

function wantedImages(row: UniversalImages, mark: string, taken: ReadonlySet<string>): WantedImage[] {
  const gallery = row.gallery.filter(({ mediaType }) => mediaType === 'image')
  const last = Math.max(0, ...gallery.map(({ position }) => position))
  const roles = ROLES.map(([role]) => row[role]).filter((url) => url !== null)
  const all = [...gallery, ...roles.map((url) => ({ url, label: null, position: last + 1, picture: null }))]
  const byUrl = new Map(all.toReversed().map((image) => [image.url, image]))
  return [...byUrl.values()]
    .map(({ url, label, position, picture }) => ({
      url,
      label: label === '' ? null : label,
      position,
      name: mark + digestOf(picture ?? url).slice(0, 16),
      types: ROLES.filter(([role, type]) => row[role] === url && !taken.has(type)).map(([, type]) => type),
    }))
    .toSorted((a, b) => a.position - b.position || (a.url < b.url ? -1 : 1))
}

/** An entry's file name without folders and extension. */
function nameOf(entry: Wire): string | null {
  return (
    textOf(entry['file'])
      ?.split('/')
      .at(-1)
      ?.replace(/\.[^.]*$/, '') ?? null
  )
}

function typesOf(entry: Wire): string[] {
  const { types } = entry
  return Array.isArray(types) ? types.map(String) : []
}

function isSame(entry: Wire, image: WantedImage): boolean {
  const sameTypes = typesOf(entry).toSorted().join() === image.types.toSorted().join()
  const samePlace = Number(textOf(entry['position']) ?? 0) === image.position
  const shown = !['true', '1'].includes(textOf(entry['disabled']) ?? '')
  return sameTypes && samePlace && shown && textOf(entry['label']) === image.label
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** An entry in the API's format; `content` only for a new one. */
export function entryOf(image: WantedImage, content?: { readonly bytes: Buffer; readonly format: ImageFormat }): Wire {
  const { name, label, position, types } = image
  const entry = { media_type: 'image', label: label ?? '', position, disabled: false, types }
  if (content === undefined) return entry
  const { bytes, format } = content
  const file = { type: `image/${format}`, name: `${name}.${format === 'jpeg' ? 'jpg' : format}` }
  return { ...entry, content: { base64_encoded_data: bytes.toString('base64'), ...file } }
}

/** What Magento accepts. */
export type ImageFormat = 'jpeg' | 'png' | 'gif'

/**
 * Detects the format by the first bytes, because a server's media type is often wrong. `webp`: an image that Magento
 * does not accept. Null: another file.
 */
export function formatOf(bytes: Buffer): ImageFormat | 'webp' | null {
  const head = bytes.subarray(0, 12).toString('latin1')
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (head.startsWith('GIF8')) return 'gif'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'webp' : null
}
