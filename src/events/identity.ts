import { hash } from 'node:crypto'
import { quotedCanonicalJson } from './canonical-json.ts'

/** SHA-256, hexadecimal, of the parts; different lists of parts never give the same input. */
export function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex')
}

/** Digest of `deleted` and `data` only: equal digests mean that the content did not change. */
export function contentDigest(content: { readonly deleted: boolean; readonly data: unknown }): string {
  // Equal to `digest(canonicalJson(…))`, so that stored digests stay valid.
  return hash('sha256', `[${quotedCanonicalJson({ deleted: content.deleted, data: content.data })}]`, 'hex')
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

/** Id of the event that a processor makes from another one for a connection and mapping revision. */
export function derivedEventId(eventId: string, stage: string, connection: string, revision = 0): string {
  return digest(eventId, stage, connection, String(revision))
}
