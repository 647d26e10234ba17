import { hash } from 'node:crypto'

/** JSON text with sorted keys and decimals as text of their units: equal content gives equal text, whatever the order of keys. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value as Readonly<Record<string, unknown>>)
  return JSON.stringify(value ?? null)
}

/** Fields that schemas got later, and their default: what has nothing there keeps the digest that it had before. */
const ADDED_LATER: ReadonlyMap<string, string> = new Map([
  ['ownAmounts', 'null'],
  ['charges', '[]'],
])

/** One text that grows: every event is digested, and this is most of what a digest costs. */
function canonicalObject(fields: Readonly<Record<string, unknown>>): string {
  let text = ''
  for (const name of Object.keys(fields).sort()) {
    const field = fields[name]
    if (field === undefined) continue
    const json = canonicalJson(field)
    if (ADDED_LATER.get(name) !== json) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${json}`
  }
  return `{${text}}`
}

/** SHA-256, hexadecimal, of the parts with a separator that no part can imitate. */
export function digest(...parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex')
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
