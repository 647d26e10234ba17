import type { NamePattern } from './name-pattern.ts'
import { listedAlike, type PlacedFile } from './place.ts'

/** A file of a read. */
export interface ArrivedFile extends PlacedFile {
  /** Sorts files by age: the date in the name, else the modification time or that of the look; files of one time by name. */
  readonly order: string
}

/** How a vendor shows that a file is whole. */
export const completeness = ['stable', 'marker', 'rename'] as const

/** What happens to a file that was read. */
export const afterReading = ['keep', 'move', 'delete'] as const

export interface Arrival {
  readonly files: NamePattern
  readonly complete: (typeof completeness)[number]
  /** Name of the marker of a file, with `{name}` for the file's name. */
  readonly marker: string
}

/**
 * The files of a listing at the time `now` that are a read's own, oldest first, without those that lack their marker.
 * Pure.
 */
export function arrivedFiles(
  listed: readonly PlacedFile[],
  { files, complete, marker }: Arrival,
  now: number,
): ArrivedFile[] {
  const names = new Set(listed.map(({ name }) => name))
  const markers = new Set(complete === 'marker' ? listed.map(({ name }) => markerOf(name, marker)) : [])
  return listed
    .flatMap((file): ArrivedFile[] => {
      const found = files.match(file.called ?? file.name)
      if (found === null || markers.has(file.name)) return []
      if (complete === 'marker' && !names.has(markerOf(file.name, marker))) return []
      const time = found.date === '' ? new Date(file.modifiedAt ?? now).toISOString() : found.date
      return [{ ...file, order: `${time} ${file.name}` }]
    })
    .toSorted((a, b) => (a.order < b.order ? -1 : Number(a.order > b.order)))
}

/** Those of the first look that are unchanged at the second. Pure. */
export function stableFiles(first: readonly ArrivedFile[], second: readonly ArrivedFile[]): ArrivedFile[] {
  const before = new Map(first.map((file) => [file.name, file]))
  return second.filter((file) => {
    const known = before.get(file.name)
    return known !== undefined && listedAlike(known, file)
  })
}

export function markerOf(name: string, marker: string): string {
  return marker.replaceAll('{name}', name)
}
