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
import { assertInScope, type DocumentPlace, isForAll, noDocument, ownerOf, readableDocument } from './document-place.ts'
import { nameOf, type Principal } from './principal.ts'
import { type Page, type Scoped, sees, seesAll, within } from './scope.ts'

export { changeKinds } from '../configuration/changes.ts'
export { documentSchemas } from '../configuration/document-schemas.ts'
export { applyConfiguration } from './apply-folder.ts'
export type { DocumentPlace } from './document-place.ts'

/** The revision that a change is based on; null: the document must be new; undefined: any revision. */
export type ExpectedRevision = Expected['revision'] | undefined

type Deps = Pick<TableDeps, 'configuration'>

/** Sorted by id. */
export async function listDocuments(
  { configuration }: Deps,
  by: Principal,
  kind: StoredKind,
): Promise<Scoped<StoredDocument>> {
  const isSeen = !isForAll(kind) || seesAll(by.scope)
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

/** A document to store, and the reason. */
interface WantedPut extends DocumentPlace {
  readonly body: unknown
  readonly revision: ExpectedRevision
  /** Stored with the change. */
  readonly reason?: string | null
}

/**
 * Checks a document as `validate` does and writes it; running processes start to use it. Throws `request_invalid`
 * with every mistake, and `revision_differs`.
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

/**
 * The document that `putDocument` would store, with the current revision (0: none). Writes nothing; throws the same
 * errors.
 */
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

/** A document to remove. `confirm` accepts all effects; so does a revision. */
interface WantedRemoval extends DocumentPlace {
  readonly revision: ExpectedRevision
  readonly confirm?: boolean
  /** Stored with the change. */
  readonly reason?: string | null
}

/** Throws `not_found`, `revision_differs`, `state_conflict` when other documents need it, and `confirmation_needed`. */
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

/** The effect of a removal on something that belongs to the document. */
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
    | 'outgoing events'
  /** `ends`: it stops; `goes`: it is removed too; `stays`: it is unchanged. */
  readonly outcome: 'ends' | 'goes' | 'stays'
  /** Null: not counted. */
  readonly count: number | null
}

export interface RemovalPreview extends DocumentPlace {
  readonly revision: number
  /** Why it would be refused; null: it would not. */
  readonly refusal: string | null
  readonly effects: readonly RemovalEffect[]
}

/** The effects that `removeDocument` would have; removes nothing. Throws `not_found`. */
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
    const shown = seesAll(by.scope) ? error : await withoutOthers(deps, by, error)
    if (shown instanceof StreamError && shown.code === 'state_conflict') return shown.message
    throw shown
  }
}

async function effectsOf(
  deps: Deps & Pick<TableDeps, 'tables' | 'systemTypes'>,
  { kind, id }: DocumentPlace,
  document: StoredDocument['document'],
): Promise<readonly RemovalEffect[]> {
  const listed = (name: string) => (Array.isArray(document[name]) ? document[name].length : 0)
  if (kind === 'recipient') return [{ what: 'notifications', outcome: 'ends', count: null }]
  if (kind === 'subscription') return [{ what: 'outgoing events', outcome: 'ends', count: null }]
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

/** Number of entities in processing or waiting, counted up to a thousand of each. */
async function waitingOf({ tables }: Pick<TableDeps, 'tables'>, connection: string): Promise<number> {
  const counts = await Promise.all(
    entities.flatMap((entity) =>
      (['processing', 'waiting'] as const).map((status) => countStaged(tables, { connection, entity }, status)),
    ),
  )
  return counts.reduce((sum, { count }) => sum + count, 0)
}

/** Changes of the configuration and of cut dates, newest first. */
export async function listChanges(
  { configuration }: Deps,
  by: Principal,
  { filter, limit, after }: { readonly filter: ChangeFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<ConfigurationChange>> {
  const { changes, next } = await configuration.changes(filter, limit, after)
  return { items: within(by.scope, changes, ownerOf), next }
}

/** The JSON Schema of all documents, with the settings of every type of system. Forms and editors are built from it. */
export function configurationSchema(systemTypes: SystemTypes): Readonly<Record<string, unknown>> {
  return editorSchema(systemTypes)
}

/** Empty for a missing document, and for a system that a connection needs, since its removal is refused. */
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
  if (isForAll(kind)) return {}
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
 * A connection gives access to the systems and reads that it names, so callers may only add systems within their scope.
 * Systems and reads that the stored connection names already may stay. Throws `request_invalid`, with the same message
 * for a system that does not exist.
 */
async function assertReaches({ configuration }: Deps, by: Principal, place: DocumentPlace, body: unknown) {
  if (place.kind !== 'connection' || seesAll(by.scope)) return
  const stored = await readableDocument(configuration, place)
  const had = new Set(systemFields(stored?.document).map(({ role, id }) => `${role} ${id}`))
  for (const { field, role, id, system } of systemFields(body)) {
    if (sees(by.scope, { system }) || had.has(`${role} ${id}`)) continue
    const message = `${field} does not name a system within the scope of your key`
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

/** The fields of a connection that name systems and their reads. */
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

/**
 * The mistakes in the whole configuration, without the documents of others: the caller must not learn that they exist.
 */
async function withoutOthers({ configuration }: Deps, by: Principal, error: unknown): Promise<unknown> {
  if (!(error instanceof StreamError) || error.policy !== 'refuse') return error
  const kinds = ['system', 'connection', 'recipient', 'subscription'] as const
  const listed = await Promise.all(
    kinds.map(async (kind) => (await configuration.list(kind)).map(({ id }) => ({ kind, id }))),
  )
  const others = listed.flat().filter((place) => !sees(by.scope, ownerOf(place)))
  const isOfOthers = (text: string) => others.some(({ id }) => words(text).has(id))
  const clean = (text: string) => (isOfOthers(text) ? 'does not fit another part of the configuration' : text)
  const mistakes = error.mistakes.map(({ field, message }) => {
    return { field: isOfOthers(field) ? '' : field, message: clean(message) }
  })
  const text = mistakes.map(({ field, message }) => `${field || 'the document'} ${message}`).join('; ')
  const options = { mistakes, ...(error.field === undefined || isOfOthers(error.field) ? {} : { field: error.field }) }
  return new StreamError(error.code, mistakes.length === 0 ? clean(error.message) : text, options)
}

/** Whole ids in a text, including the system of a read. */
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
