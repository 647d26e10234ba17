import type { RemovalPreview as Preview } from '../../../src/operations/configuration.ts'
import { ask, queryText } from './ask.ts'

export type RemovalPreview = Preview

export type DocumentKind = 'system' | 'connection' | 'product-metadata'
export type Content = Readonly<Record<string, unknown>>

/** A document as configured. */
export interface StoredDocument {
  readonly id: string
  readonly revision: number
  readonly document: Content
}

/** A document being edited; its revision is null if it is new. */
export interface EditedDocument {
  readonly id: string
  readonly revision: number | null
  readonly document: Content
}

export interface Tried extends StoredDocument {
  readonly changed: boolean
}

export interface DocumentChange {
  readonly at: string
  readonly by: string
  readonly kind: string
  readonly id: string
  readonly revision: number
  readonly reason: string | null
  readonly before: Content | null
  readonly after: Content | null
  readonly shortened: boolean
}

interface Context {
  readonly signal: AbortSignal
}

function pathOf(kind: DocumentKind, id: string): string {
  const name = encodeURIComponent(id)
  if (kind === 'system') return `/v1/systems/${name}`
  return kind === 'connection' ? `/v1/connections/${name}` : `/v1/connections/${name}/metadata`
}

/** The page that shows a document. */
export function pageOf(kind: DocumentKind, id: string): string {
  return pathOf(kind, id).replace('/v1', '')
}

export const documentsQuery = (kind: 'system' | 'connection') => ({
  queryKey: ['documents', kind],
  queryFn: ({ signal }: Context) => ask<{ readonly items: readonly StoredDocument[] }>(`/v1/${kind}s`, { signal }),
})

/** As it was when the page opened: the content does not change while it is being edited. */
export const documentQuery = (kind: DocumentKind, id: string) => ({
  queryKey: ['document', kind, id],
  queryFn: ({ signal }: Context) => ask<StoredDocument>(pathOf(kind, id), { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 0,
  reconcile: false as const,
})

export const schemaQuery = () => ({
  queryKey: ['configuration-schema'],
  queryFn: ({ signal }: Context) => ask<Content>('/v1/configuration/schema', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

export const documentChangesQuery = (kind: DocumentKind, id: string, cursor: string) => ({
  queryKey: ['document-changes', kind, id, cursor],
  queryFn: ({ signal }: Context) =>
    ask<{ readonly items: readonly DocumentChange[]; readonly cursor: string | null }>(
      `/v1/configuration/changes${queryText({ kind, id, cursor, limit: 20 })}`,
      { signal },
    ),
})

interface Wanted {
  readonly kind: DocumentKind
  readonly id: string
  /** Revision that the change is based on; null: the document is new. */
  readonly revision: number | null
  readonly document: unknown
}

/** Returns what would be stored; throws like `saveDocument`. */
export const tryDocument = (wanted: Wanted, signal: AbortSignal) => send(wanted, { dryRun: true }, signal)

export const saveDocument = (wanted: Wanted, reason: string) => send(wanted, { reason })

/** What a removal would do. */
export const removalQuery = (kind: DocumentKind, id: string) => ({
  queryKey: ['removal', kind, id],
  queryFn: ({ signal }: Context) =>
    ask<Preview>(`${pathOf(kind, id)}${queryText({ dryRun: true })}`, { method: 'DELETE', signal }),
  gcTime: 0,
})

export const removeDocument = (kind: DocumentKind, { id, revision }: Preview, reason: string) =>
  ask<null>(`${pathOf(kind, id)}${queryText({ reason })}`, { method: 'DELETE', revision })

function send(
  { kind, id, revision, document }: Wanted,
  query: Readonly<Record<string, string | boolean>>,
  signal?: AbortSignal,
): Promise<Tried> {
  return ask<Tried>(`${pathOf(kind, id)}${queryText(query)}`, {
    method: 'PUT',
    body: document,
    revision: revision,
    ...(signal === undefined ? {} : { signal }),
  })
}
