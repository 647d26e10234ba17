import { type Applied, applyConfiguration as applyAll } from '../configuration/apply-configuration.ts'
import type { ChangeFilter, ConfigurationChange } from '../configuration/changes.ts'
import type { StoredDocument } from '../configuration/configuration-store.ts'
import type { Author, Expected } from '../configuration/document-rows.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import type { Configuration } from '../configuration/model.ts'
import type { TableDeps } from './dependencies.ts'
import { nameOf, notFound, type Principal } from './principal.ts'
import { type Owner, type Page, type Scoped, sees, systemOfRead, within } from './scope.ts'

export { changeKinds } from '../configuration/changes.ts'
export { documentSchemas } from '../configuration/document-schemas.ts'

/** A system, a connection, or the product metadata of a connection. */
export interface DocumentPlace {
  readonly kind: StoredKind
  readonly id: string
}

/** The revision that a change is made on; null: the document is to be new; undefined: whatever is there. */
export type ExpectedRevision = Expected['revision'] | undefined

type Deps = Pick<TableDeps, 'configuration'>

/** In the order of the ids. */
export async function listDocuments(
  { configuration }: Deps,
  by: Principal,
  kind: StoredKind,
): Promise<Scoped<StoredDocument>> {
  return within(by.scope, await configuration.list(kind), ({ id }) => ownerOf({ kind, id }))
}

/** Throws `not_found`. */
export async function showDocument(
  { configuration }: Deps,
  by: Principal,
  place: DocumentPlace,
): Promise<StoredDocument> {
  assertInScope(by, place)
  const stored = await configuration.get(place.kind, place.id)
  if (stored !== undefined) return stored
  throw noDocument(by, place)
}

/**
 * Checks a document as `validate` does and writes it; running processes take it up. Throws `request_invalid` with every
 * mistake, and `revision_differs`.
 */
export async function putDocument(
  deps: Deps & Pick<TableDeps, 'clock'>,
  by: Principal,
  { body, revision, ...place }: DocumentPlace & { readonly body: unknown; readonly revision: ExpectedRevision },
): Promise<StoredDocument & { readonly changed: boolean }> {
  assertInScope(by, place)
  return await deps.configuration.put(place.kind, place.id, body, authorOf(deps, by, place, revision))
}

/** Throws `not_found`, `revision_differs`, and `state_conflict` when others need it. */
export async function removeDocument(
  deps: Deps & Pick<TableDeps, 'clock'>,
  by: Principal,
  { kind, id, revision }: { kind: 'system' | 'connection'; id: string; revision: ExpectedRevision },
): Promise<void> {
  assertInScope(by, { kind, id })
  await deps.configuration.remove(kind, id, authorOf(deps, by, { kind, id }, revision))
}

/** Who changed what of the configuration and of cut dates, the newest first. */
export async function listChanges(
  { configuration }: Deps,
  by: Principal,
  { filter, limit, after }: { readonly filter: ChangeFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<ConfigurationChange>> {
  const { changes, next } = await configuration.changes(filter, limit, after)
  return { items: within(by.scope, changes, ownerOf), next }
}

/** Writes what differs from the tables. For those who may change everything: a folder may name any document. */
export async function applyConfiguration(
  { tables }: Pick<TableDeps, 'tables'>,
  by: Principal,
  { configuration, reason }: { readonly configuration: Configuration; readonly reason: string | null },
): Promise<Applied> {
  const { systems, connections, metadata } = configuration
  for (const { id } of systems) assertInScope(by, { kind: 'system', id })
  for (const { id } of connections) assertInScope(by, { kind: 'connection', id })
  for (const { connection } of metadata) assertInScope(by, { kind: 'product-metadata', id: connection })
  return await applyAll(tables, configuration, { by: nameOf(by), reason })
}

function ownerOf({ kind, id }: { readonly kind: ConfigurationChange['kind']; readonly id: string }): Owner {
  if (kind === 'system') return { system: id }
  return kind === 'cut-date' ? { system: systemOfRead(id) } : { connection: id }
}

function assertInScope(by: Principal, place: DocumentPlace): void {
  if (!sees(by.scope, ownerOf(place))) throw noDocument(by, place)
}

function noDocument(by: Principal, { kind, id }: DocumentPlace) {
  const what = `there is no ${kind} "${id}"`
  return notFound(by, { field: 'id', api: what, cli: what })
}

function authorOf(
  { clock }: Pick<TableDeps, 'clock'>,
  by: Principal,
  place: DocumentPlace,
  revision: ExpectedRevision,
): Author {
  const expect = revision === undefined ? undefined : { ...place, revision }
  return { by: nameOf(by), at: new Date(clock.now()).toISOString(), reason: null, expect }
}
