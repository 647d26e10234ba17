import type { ConfigurationChange } from '../configuration/changes.ts'
import type { ConfigurationStore } from '../configuration/configuration-store.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { StreamError } from '../errors.ts'
import { notFound, type Principal } from './principal.ts'
import { type Owner, sees, seesAll } from './scope.ts'

/** A system, a connection, the product metadata of a connection, or a recipient of notifications. */
export interface DocumentPlace {
  readonly kind: StoredKind
  readonly id: string
}

/** Who sees what is said of a document, or of a cut date. */
export function ownerOf({ kind, id }: { readonly kind: ConfigurationChange['kind']; readonly id: string }): Owner {
  if (kind === 'system') return { system: id }
  if (kind === 'recipient') return { connection: null }
  return kind === 'cut-date' ? { system: systemOfRead(id) } : { connection: id }
}

/** Undefined: it is not there, or its row can't be read, and is healed by what is put. */
export async function readableDocument(store: ConfigurationStore, { kind, id }: DocumentPlace) {
  return await store.get(kind, id).catch((error: unknown) => {
    if (error instanceof StreamError && error.code === 'row_unreadable') return undefined
    throw error
  })
}

/** Throws `not_found`. A recipient may be sent what is of anybody: it is for those who see everything. */
export function assertInScope(by: Principal, place: DocumentPlace): void {
  const isSeen = place.kind === 'recipient' ? seesAll(by.scope) : sees(by.scope, ownerOf(place))
  if (!isSeen) throw noDocument(by, place)
}

export function noDocument(by: Principal, { kind, id }: DocumentPlace) {
  const what = `there is no ${kind} "${id}"`
  return notFound(by, { field: 'id', api: what, cli: what })
}
