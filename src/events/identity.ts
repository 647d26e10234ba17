import { createHash } from 'node:crypto'

/** JSON text with sorted keys and decimals as text of their units: equal content gives equal text, whatever the order of keys. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`)
    return `{${fields.join(',')}}`
  }
  return JSON.stringify(value ?? null)
}

/** SHA-256, hexadecimal, of the parts with a separator that no part can imitate. */
export function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Digest of `deleted` and `data` alone: what tells that nothing changed. */
export function contentDigest(content: { readonly deleted: boolean; readonly data: unknown }): string {
  return digest(canonicalJson({ deleted: content.deleted, data: content.data }))
}

/** Idempotency key of a source event: the same change read twice has the same id (Guarantee 3). */
export function sourceEventId(event: {
  readonly source: string
  readonly entity: string
  readonly key: string
  readonly occurredAt: number | null
  readonly contentDigest: string
}): string {
  return digest(event.source, event.entity, event.key, String(event.occurredAt), event.contentDigest)
}

/** Id of what a processor makes of an event for a connection under a mapping revision. */
export function derivedEventId(eventId: string, stage: string, connection: string, revision = 0): string {
  return digest(eventId, stage, connection, String(revision))
}
