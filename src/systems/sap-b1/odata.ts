import { StreamError } from '../../errors.ts'
import { isWire, textOf, type Wire, wiresOf } from '../kit/wire.ts'

/** The Service Layer's dialects: v1 is OData 3, v2 OData 4. */
export const serviceLayerVersions = ['v1', 'v2'] as const
export type ServiceLayerVersion = (typeof serviceLayerVersions)[number]

/** Text as a literal of a filter or a key, with its quotes doubled. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Key of an entity in a path: `('A1')` or `(22)`. */
export function keyPath(key: string | number): string {
  return typeof key === 'number' ? `(${key})` : `(${encodeURIComponent(quoted(key))})`
}

/** `name eq 1 or name eq 2`, as a part that can be joined with others. */
export function anyOf(name: string, literals: readonly (string | number)[]): string {
  return `(${literals.map((literal) => `${name} eq ${literal}`).join(' or ')})`
}

export interface Collection {
  readonly rows: readonly Wire[]
  /** The server has further rows. */
  readonly more: boolean
}

/** The rows of a collection's answer, in either dialect. Throws `source_data_invalid` if it is not a collection. */
export function collectionOf(json: unknown, what: string): Collection {
  if (!isWire(json) || !Array.isArray(json['value'])) {
    throw new StreamError('source_data_invalid', `SAP's answer to ${what} has no list "value"`, { field: 'value' })
  }
  const next = textOf(json['odata.nextLink']) ?? textOf(json['@odata.nextLink'])
  return { rows: wiresOf(json['value']), more: next !== null }
}

/** Value for `If-Match`; null if the server sends none (before FP 2102). */
export function etagOf(entity: Wire): string | null {
  return textOf(entity['odata.etag']) ?? textOf(entity['@odata.etag'])
}

/** The entity without the annotations of its dialect: the same record has the same text in both. */
export function withoutAnnotations(entity: Wire): Wire {
  return Object.fromEntries(Object.entries(entity).filter(([name]) => !/^@?odata\./.test(name)))
}
