import { isFields } from '../events/fields.ts'
import type { FeedRow } from './feed-row.ts'

type Data = FeedRow['data']
type Picture = Readonly<Record<string, unknown>>

/** How the galleries of a SKU become one. */
export interface GalleryMerge {
  /** `all`: the pictures of all sources, one after the other; `first`: those of the first source that has any. */
  readonly pick: 'all' | 'first'
  /** All sources, best first. */
  readonly order: readonly string[]
  /** A source that counts only while no other one has pictures; null: none. */
  readonly fallback: string | null
  /** Source of the merged row: always the same, so that a copy has one row per SKU however it is keyed. */
  readonly source: string
}

const ROLES = ['image', 'small_image', 'thumbnail', 'swatch_image'] as const

/**
 * One row from the rows of a SKU, of all its sources; pure. It is deleted when no source has the SKU any more. Each
 * picture names its source; a picture that several sources have by the same address comes once. A role is that of the
 * best source that has it. Undefined: there are no rows.
 */
export function mergeGalleries(rows: readonly FeedRow[], merge: GalleryMerge): FeedRow | undefined {
  const rank = ({ source }: FeedRow) => merge.order.indexOf(source)
  const ranked = rows.toSorted((a, b) => rank(a) - rank(b))
  const newest = rows.toSorted((a, b) => (a.position < b.position ? 1 : -1))[0]
  if (newest === undefined) return undefined
  const live = ranked.filter(({ deleted }) => !deleted)
  const chosen = chosenOf(live.length > 0 ? live : ranked, merge)
  return { ...newest, source: merge.source, deleted: live.length === 0, data: merged(chosen) }
}

function chosenOf(rows: readonly FeedRow[], { pick, fallback }: GalleryMerge): readonly FeedRow[] {
  const others = rows.filter(({ source }) => source !== fallback)
  const hasAny = (some: readonly FeedRow[]) => some.some((row) => picturesOf(row.data).length > 0)
  const counted = hasAny(others) ? others : rows
  if (pick === 'all') return counted
  const first = counted.find((row) => picturesOf(row.data).length > 0) ?? counted[0]
  return first === undefined ? [] : [first]
}

function merged(rows: readonly FeedRow[]): Data {
  const pictures = new Map<unknown, Picture>()
  for (const { source, data } of rows) {
    for (const picture of picturesOf(data)) {
      if (!pictures.has(picture['url'])) pictures.set(picture['url'], { ...picture, source })
    }
  }
  const roles = ROLES.map((role) => [role, rows.map(({ data }) => data[role]).find((url) => typeof url === 'string')])
  const gallery = [...pictures.values()].map((picture, index) => ({ ...picture, position: index + 1 }))
  return { ...Object.fromEntries(roles.map(([role, url]) => [role, url ?? null])), gallery }
}

function picturesOf(data: Data): readonly Picture[] {
  const { gallery } = data
  return Array.isArray(gallery) ? gallery.filter(isFields) : []
}
