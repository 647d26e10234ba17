import type { EpochMillis } from './generated/events.ts'
import { isPossibleTime } from './times.ts'

/** Version of an entity. An unknown `occurredAt` sorts before any known one. */
export interface Version {
  readonly occurredAt: EpochMillis | null
  readonly readAt: EpochMillis
}

/** Most that a source's clock may run ahead: five minutes. */
export const MAX_AHEAD_MS = 5 * 60_000

/** Negative, zero or positive when `a` is older than, as old as, or newer than `b` (Guarantee 4). */
export function compareVersions(a: Version, b: Version): number {
  const occurred = (a.occurredAt ?? -1) - (b.occurredAt ?? -1)
  return occurred !== 0 ? occurred : a.readAt - b.readAt
}

/** The source's time; if it is over five minutes ahead of the read, the time of the read, and `capped` is true. */
export function capOccurredAt(
  occurredAt: EpochMillis | null,
  readAt: EpochMillis,
): { occurredAt: EpochMillis | null; capped: boolean } {
  if (occurredAt === null || occurredAt <= readAt + MAX_AHEAD_MS) return { occurredAt, capped: false }
  return { occurredAt: readAt, capped: true }
}

const digits = (value: number): string => String(Math.max(value, 0)).padStart(15, '0')

/** A version, with the revision of the mapping for mapped data. */
export interface MappedVersion extends Version {
  readonly mappingRevision?: number
}

/** A text that sorts by version, then mapping revision: conditional writes compare it. */
export function versionRank({ occurredAt, readAt, mappingRevision = 0 }: MappedVersion): string {
  return `${digits(occurredAt ?? 0)}#${digits(readAt)}#${digits(mappingRevision)}`
}

/** The version and mapping revision of a rank that `versionRank` made. */
export function rankVersion(rank: string): Required<MappedVersion> {
  const [occurred = 0, readAt = 0, mappingRevision = 0] = rank.split('#').map(Number)
  return { occurredAt: occurred === 0 ? null : occurred, readAt, mappingRevision }
}

/** The version in a rank, as ISO 8601; an unknown `occurredAt` is null. An invalid rank gives a read in 1970. */
export function versionOfRank(rank: string): { readonly occurred_at: string | null; readonly read_at: string } {
  const [occurred = '0', read = '0'] = rank.split('#')
  const timeOf = (text: string) => (isPossibleTime(Number(text)) ? Number(text) : 0)
  const iso = (text: string) => new Date(timeOf(text)).toISOString()
  return { occurred_at: timeOf(occurred) === 0 ? null : iso(occurred), read_at: iso(read) }
}
