import type { ChangeFilter, ConfigurationChange } from '../configuration/changes.ts'
import type { StoredDocument } from '../configuration/configuration-store.ts'
import type { Author, Expected } from '../configuration/document-rows.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import { editorSchema } from '../configuration/editor-schema.ts'
import { systemOfRead } from '../configuration/read-id.ts'
import { deliveriesTo, type SystemTypes } from '../configuration/system-type.ts'
import { listPauses } from '../control/pauses.ts'
import { StreamError } from '../errors.ts'
import { entities } from '../events/topics.ts'
import { countStaged } from '../projections/count-staged.ts'
import { groupDeadLetters } from '../projections/list-dead-letters.ts'
import { noteChange, noteNothing } from './audit.ts'
import { type Affected, assertConfirmed } from './confirmation.ts'
import type { TableDeps } from './dependencies.ts'
import { assertInScope, type DocumentPlace, noDocument, ownerOf, readableDocument } from './document-place.ts'
import { nameOf, type Principal } from './principal.ts'
import { type Page, type Scoped, sees, seesAll, within } from './scope.ts'

export { changeKinds } from '../configuration/changes.ts'
export { documentSchemas } from '../configuration/document-schemas.ts'
export { applyConfiguration } from './apply-folder.ts'
export type { DocumentPlace } from './document-place.ts'

/** The revision that a change is made on; null: the document is to be new; undefined: whatever is there. */
export type ExpectedRevision = Expected['revision'] | undefined

type Deps = Pick<TableDeps, 'configuration'>

/** In the order of the ids. */
export async function listDocuments(
  { configuration }: Deps,
  by: Principal,
  kind: StoredKind,
): Promise<Scoped<StoredDocument>> {
  const isSeen = kind !== 'recipient' || seesAll(by.scope)
  return within(by.scope, isSeen ? await configuration.list(kind) : [], ({ id }) => ownerOf({ kind, id }))
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

/** What is to be put, and why. */
interface WantedPut extends DocumentPlace {
  readonly body: unknown
  readonly revision: ExpectedRevision
  /** Kept with the change. */
  readonly reason?: string | null
}

/**
 * Checks a document as `validate` does and writes it; running processes take it up. Throws `request_invalid` with every
 * mistake, and `revision_differs`.
 */
export async function putDocument(
  deps: Deps & Pick<TableDeps, 'clock' | 'audit'>,
  by: Principal,
  { body, revision, reason = null, ...place }: WantedPut,
): Promise<StoredDocument & { readonly changed: boolean }> {
  const { kind, id } = place
  assertInScope(by, place)
  await assertReaches(deps, by, place, body)
  const before = await readableDocument(deps.configuration, place)
  try {
    const stored = await deps.configuration.put(kind, id, body, { ...authorOf(deps, by, place, revision), reason })
    if (!stored.changed) noteNothing(by)
    else {
      const documents = { before: before?.document, after: stored.document }
      await noteChange(deps, by, { what: `${kind}.put`, target: id, ...documents })
    }
    return stored
  } catch (error) {
    throw seesAll(by.scope) ? error : await withoutOthers(deps, by, error)
  }
}

/** What `putDocument` would store, with the revision of what is there (0: nothing); it throws as `putDocument` does, and writes nothing. */
export async function tryDocument(
  deps: Deps & Pick<TableDeps, 'clock'>,
  by: Principal,
  { body, revision, reason: _reason, ...place }: WantedPut,
): Promise<StoredDocument & { readonly changed: boolean }> {
  assertInScope(by, place)
  await assertReaches(deps, by, place, body)
  try {
    noteNothing(by)
    return await deps.configuration.try(place.kind, place.id, body, authorOf(deps, by, place, revision))
  } catch (error) {
    throw seesAll(by.scope) ? error : await withoutOthers(deps, by, error)
  }
}

/** A document that is to go. `confirm`: whatever it affects; a revision confirms as well. */
interface WantedRemoval extends DocumentPlace {
  readonly revision: ExpectedRevision
  readonly confirm?: boolean
  /** Kept with the change. */
  readonly reason?: string | null
}

/** Throws `not_found`, `revision_differs`, `state_conflict` when others need it, and `confirmation_needed`. */
export async function removeDocument(
  deps: Deps & Pick<TableDeps, 'clock' | 'audit' | 'tables'>,
  by: Principal,
  { kind, id, revision, confirm = false, reason = null }: WantedRemoval,
): Promise<void> {
  assertInScope(by, { kind, id })
  const before = (await readableDocument(deps.configuration, { kind, id }))?.document
  const affected = revision === undefined && !confirm ? await affectedBy(deps, { kind, id }, before) : {}
  assertConfirmed(by, `the removal of ${kind} ${id}`, affected, false)
  try {
    await deps.configuration.remove(kind, id, { ...authorOf(deps, by, { kind, id }, revision), reason })
    await noteChange(deps, by, { what: `${kind}.remove`, target: id, before })
  } catch (error) {
    throw seesAll(by.scope) ? error : await withoutOthers(deps, by, error)
  }
}

/** What a removal would do with something that belongs to the document. */
export interface RemovalEffect {
  readonly what:
    | 'reads'
    | 'deliveries'
    | 'metadata'
    | 'rules'
    | 'open dead letters'
    | 'what waits'
    | 'pauses'
    | 'topics and rows'
    | 'notifications'
  /** `ends`: it goes on no more; `goes`: it is removed, too; `stays`: as it is. */
  readonly outcome: 'ends' | 'goes' | 'stays'
  /** Null: it is not counted. */
  readonly count: number | null
}

export interface RemovalPreview extends DocumentPlace {
  readonly revision: number
  /** Why it would be refused; null: it would not. */
  readonly refusal: string | null
  readonly effects: readonly RemovalEffect[]
}

/** What `removeDocument` would do; nothing is removed. Throws `not_found`. */
export async function previewRemoval(
  deps: Deps & Pick<TableDeps, 'clock' | 'tables' | 'systemTypes'>,
  by: Principal,
  place: DocumentPlace,
): Promise<RemovalPreview> {
  const { revision, document } = await showDocument(deps, by, place)
  noteNothing(by)
  const [refusal, effects] = await Promise.all([refusalOf(deps, by, place), effectsOf(deps, place, document)])
  return { ...place, revision, refusal, effects }
}

async function refusalOf(deps: Deps, by: Principal, { kind, id }: DocumentPlace): Promise<string | null> {
  try {
    await deps.configuration.tryRemove(kind, id)
    return null
  } catch (error) {
    const told = seesAll(by.scope) ? error : await withoutOthers(deps, by, error)
    if (told instanceof StreamError && told.code === 'state_conflict') return told.message
    throw told
  }
}

async function effectsOf(
  deps: Deps & Pick<TableDeps, 'tables' | 'systemTypes'>,
  { kind, id }: DocumentPlace,
  document: StoredDocument['document'],
): Promise<readonly RemovalEffect[]> {
  const listed = (name: string) => (Array.isArray(document[name]) ? document[name].length : 0)
  if (kind === 'recipient') return [{ what: 'notifications', outcome: 'ends', count: null }]
  const stays = { what: 'topics and rows', outcome: 'stays', count: null } as const
  if (kind === 'product-metadata') return [{ what: 'rules', outcome: 'goes', count: listed('attributes') }, stays]
  const reads = { what: 'reads', outcome: 'ends', count: listed('reads') } as const
  const pauses = (await listPauses(deps.tables)).filter(({ connection }) => connection === id).length
  const held = { what: 'pauses', outcome: 'stays', count: pauses } as const
  if (kind === 'system') {
    const count = deliveriesTo(deps.systemTypes, { type: String(document['type']) }).length
    return [reads, { what: 'deliveries', outcome: 'ends', count }, held, stays]
  }
  const metadata = await readableDocument(deps.configuration, { kind: 'product-metadata', id })
  const [letters, waiting] = await Promise.all([openLetters(deps, id), waitingOf(deps, id)])
  return [
    reads,
    { what: 'metadata', outcome: 'goes', count: metadata === undefined ? 0 : 1 },
    { what: 'what waits', outcome: 'ends', count: waiting },
    { what: 'open dead letters', outcome: 'stays', count: letters },
    held,
    stays,
  ]
}

/** Entities that are under way or wait, a thousand of each at most: more need not be known. */
async function waitingOf({ tables }: Pick<TableDeps, 'tables'>, connection: string): Promise<number> {
  const counts = await Promise.all(
    entities.flatMap((entity) =>
      (['processing', 'waiting'] as const).map((status) => countStaged(tables, { connection, entity }, status)),
    ),
  )
  return counts.reduce((sum, { count }) => sum + count, 0)
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

/** The JSON Schema of all documents, with the settings of every type of system: what forms and editors are made from. */
export function configurationSchema(systemTypes: SystemTypes): Readonly<Record<string, unknown>> {
  return editorSchema(systemTypes)
}

/** Nothing for what is not there, and for a system that a connection needs: its removal is refused. */
async function affectedBy(
  deps: Deps & Pick<TableDeps, 'tables'>,
  { kind, id }: DocumentPlace,
  document: StoredDocument['document'] | undefined,
): Promise<Affected> {
  if (document === undefined) return {}
  const reads = Array.isArray(document['reads']) ? document['reads'].length : 0
  if (kind === 'product-metadata') {
    return { rules: Array.isArray(document['attributes']) ? document['attributes'].length : 0 }
  }
  if (kind === 'recipient') return {}
  if (kind === 'connection') return { reads, 'open dead letters': await openLetters(deps, id) }
  const connections = await deps.configuration.list('connection')
  return connections.some((one) => namedSystems(one.document).has(id)) ? {} : { reads }
}

async function openLetters({ tables }: Pick<TableDeps, 'tables'>, connection: string): Promise<number> {
  const any = { stage: null, code: null, key: null, group: null, from: null, to: null }
  const { groups } = await groupDeadLetters(tables, { ...any, state: 'open', connection, seen: 'all' })
  return groups.reduce((sum, { count }) => sum + count, 0)
}

/**
 * A connection joins what is named in it: who does not reach a system may not have it joined, or another read of it, or they
 * would read it through their own connection. What the stored connection names already stays. Throws `request_invalid`, with the same words for a
 * system that is not there.
 */
async function assertReaches({ configuration }: Deps, by: Principal, place: DocumentPlace, body: unknown) {
  if (place.kind !== 'connection' || seesAll(by.scope)) return
  const stored = await readableDocument(configuration, place)
  const had = new Set(systemFields(stored?.document).map(({ role, id }) => `${role} ${id}`))
  for (const { field, role, id, system } of systemFields(body)) {
    if (sees(by.scope, { system }) || had.has(`${role} ${id}`)) continue
    const message = `${field} names no system that your key reaches`
    throw new StreamError('request_invalid', message, { field, mistakes: [{ field, message }] })
  }
}

interface SystemField {
  readonly field: string
  readonly role: 'shop' | 'vendor' | 'read'
  /** Of the system, or of the read. */
  readonly id: string
  readonly system: string
}

/** Where a connection names systems, and their reads. */
function systemFields(connection: unknown): readonly SystemField[] {
  if (typeof connection !== 'object' || connection === null) return []
  const { shop, vendor, reads } = connection as Readonly<Record<string, unknown>>
  const ofReads = Array.isArray(reads)
    ? reads.map((id, index) => ({ field: `reads[${index}]`, role: 'read' as const, id }))
    : []
  const all = [
    { field: 'shop', role: 'shop', id: shop },
    { field: 'vendor', role: 'vendor', id: vendor },
    ...ofReads,
  ] as const
  return all.flatMap(({ id, ...rest }) => (typeof id === 'string' ? [{ ...rest, id, system: systemOfRead(id) }] : []))
}

function namedSystems(connection: unknown): ReadonlySet<string> {
  return new Set(systemFields(connection).map(({ system }) => system))
}

/** What the checks of the whole configuration found, without what is of others: those may not even be known to be there. */
async function withoutOthers({ configuration }: Deps, by: Principal, error: unknown): Promise<unknown> {
  if (!(error instanceof StreamError) || error.policy !== 'refuse') return error
  const kinds = ['system', 'connection', 'recipient'] as const
  const listed = await Promise.all(
    kinds.map(async (kind) => (await configuration.list(kind)).map(({ id }) => ({ kind, id }))),
  )
  const others = listed.flat().filter((place) => !sees(by.scope, ownerOf(place)))
  const isOfOthers = (text: string) => others.some(({ id }) => words(text).has(id))
  const clean = (text: string) => (isOfOthers(text) ? 'does not fit what is configured elsewhere here' : text)
  const mistakes = error.mistakes.map(({ field, message }) => {
    return { field: isOfOthers(field) ? '' : field, message: clean(message) }
  })
  const text = mistakes.map(({ field, message }) => `${field || 'the document'} ${message}`).join('; ')
  const options = { mistakes, ...(error.field === undefined || isOfOthers(error.field) ? {} : { field: error.field }) }
  return new StreamError(error.code, mistakes.length === 0 ? clean(error.message) : text, options)
}

/** Ids in a text: also the system of a read, and whole ids alone. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/[^a-z0-9-]+/))
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
