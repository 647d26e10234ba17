import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { crc32 } from 'node:zlib'
import { isDeleted, type StagedRow } from './staged-row.ts'

const imageRoles = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const

/** A picture that a row has. */
export interface WantedImage {
  /** Of the file, without its ending: derived from source and picture. */
  readonly name: string
  readonly url: string
  readonly position: number
  readonly label: string
  readonly roles: readonly string[]
}

interface GalleryImage {
  readonly url: string
  readonly position?: number
  readonly label?: string | null
  readonly media_type?: string
  readonly picture?: string
}

type ImagesData = Partial<Record<(typeof imageRoles)[number], string | null>> & { gallery?: readonly GalleryImage[] }

/** The pictures of a row by name, without those that the shop has itself. */
export function wantedImages(row: StagedRow, ownMedia: readonly string[]): ReadonlyMap<string, WantedImage> {
  const data: ImagesData = isDeleted(row) ? {} : row.row.data
  const gallery = data.gallery ?? []
  const ofRoles = imageRoles.flatMap((role) => {
    const url = data[role] ?? null
    return url === null || gallery.some((image) => image.url === url) ? [] : [{ url }]
  })
  const wanted = new Map<string, WantedImage>()
  for (const { url, picture, media_type = 'image', position = 0, label } of [
    ...gallery,
    ...ofRoles,
  ] as GalleryImage[]) {
    if (media_type !== 'image' || ownMedia.some((base) => url.startsWith(base))) continue
    const name = imageName(row.row.source, picture ?? url)
    const roles = imageRoles.filter((role) => data[role] === url)
    if (!wanted.has(name)) wanted.set(name, { name, url, position, label: label ?? '', roles })
  }
  return wanted
}

/** The name of a picture's file, without its ending. */
export function imageName(source: string, picture: string): string {
  return `${prefixOf(source)}${createHash('sha256').update(picture).digest('hex').slice(0, 16)}`
}

/** The name that the job gave a file. Null: it is not from this source. */
export function nameOfFile(file: string, source: string): string | null {
  // Magento adds a number where a file of the name exists.
  const [, name, digest] = /^(ws-[0-9a-f]{8}-)([0-9a-f]{16})(?:_\d+)?\./.exec(basename(file)) ?? []
  return name === prefixOf(source) ? `${name}${digest}` : null
}

const prefixOf = (source: string): string => `ws-${crc32(source).toString(16).padStart(8, '0')}-`
