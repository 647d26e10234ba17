import type { ConfigurationChange } from '../configuration/changes.ts'
import type { ConfigurationStore } from '../configuration/configuration-store.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { StreamError } from '../errors.ts'
import { notFound, type Principal } from './principal.ts'
import { type Owner, sees, seesAll } from './scope.ts'

/** A document of the configuration. */
export interface DocumentPlace {
  readonly kind: StoredKind
  readonly id: string
}

/** The owner of a document or cut date, which decides who sees it. */
export function ownerOf({ kind, id }: { readonly kind: ConfigurationChange['kind']; readonly id: string }): Owner {
  if (kind === 'system') return { system: id }
  if (isForAll(kind)) return { connection: null }
  return kind === 'cut-date' ? { system: systemOfRead(id) } : { connection: id }
}

/** Undefined: there is no document, or its row cannot be read; the next put replaces such a row. */
export async function readableDocument(store: ConfigurationStore, { kind, id }: DocumentPlace) {
  return await store.get(kind, id).catch((error: unknown) => {
    if (error instanceof StreamError && error.code === 'row_unreadable') return undefined
    throw error
  })
}

/** Only callers with access to everything see recipients and subscriptions, which may receive data of all connections. */
export function isForAll(kind: ConfigurationChange['kind']): boolean {
  return kind === 'recipient' || kind === 'subscription'
}

/** Throws `not_found`. */
export function assertInScope(by: Principal, place: DocumentPlace): void {
  const isSeen = isForAll(place.kind) ? seesAll(by.scope) : sees(by.scope, ownerOf(place))
  if (!isSeen) throw noDocument(by, place)
}

export function noDocument(by: Principal, { kind, id }: DocumentPlace) {
  const what = `there is no ${kind} "${id}"`
  return notFound(by, { field: 'id', api: what, cli: what })
}
