import { changedSinceApplied, markApplied, markComing } from '../configuration/applied-marks.ts'
import { type Applied, applyConfiguration as applyAll, rowsOf } from '../configuration/apply-configuration.ts'
import { compareDocument, type DocumentRow } from '../configuration/document-rows.ts'
import type { StoredKind } from '../configuration/document-schemas.ts'
import type { Configuration } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { documentOf, normalForm } from '../configuration/stored-form.ts'
import { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { noteChange } from './audit.ts'
import type { TableDeps } from './dependencies.ts'
import { assertInScope, type DocumentPlace, readableDocument } from './document-place.ts'
import type { FieldChange } from './field-change.ts'
import { fieldChanges } from './history/field-changes.ts'
import { nameOf, type Principal } from './principal.ts'

/** A folder's configuration and how to apply it. */
interface WantedApply {
  readonly configuration: Configuration
  readonly reason: string | null
  /**
   * Documents that were changed elsewhere since a folder was last applied: `refuse` throws; `overwrite` undoes these
   * changes; `keep` leaves them as they are.
   */
  readonly changedSince?: 'refuse' | 'overwrite' | 'keep'
}

/** Documents that were applied, and documents left as somebody had changed them. */
export interface AppliedFolder extends Applied {
  readonly kept: readonly ChangedSince[]
}

/** A document that was changed through the API or on the page since a folder was last applied. */
export interface ChangedSince extends DocumentPlace {
  readonly by: string
  /** ISO 8601; null: the change is no longer stored. */
  readonly at: string | null
  readonly reason: string | null
}

/**
 * Writes the documents that differ from the tables. The caller must have access to everything, since a folder may name
 * any document. Throws `configuration_invalid` when a system's address is a variable that is not set, and
 * `revision_differs` with every document that was changed elsewhere since.
 */
export async function applyConfiguration(
  deps: Pick<TableDeps, 'tables' | 'audit' | 'clock' | 'configuration'>,
  by: Principal,
  { configuration, reason, changedSince = 'refuse' }: WantedApply,
): Promise<AppliedFolder> {
  const { tables, audit, clock } = deps
  const rows = assertApplicable(by, configuration)
  const changes = changedSince === 'overwrite' ? [] : await changesSince(deps, rows)
  if (changedSince === 'refuse' && changes.length > 0) throw changedSinceError(changes)
  const isKept = ({ kind, id }: DocumentPlace) => changes.some((one) => one.kind === kind && one.id === id)
  const own = rows.filter((row) => !isKept(row))
  await markComing(tables, own)
  const author = { by: nameOf(by), at: new Date(clock.now()).toISOString(), reason }
  const applied = await applyAll(tables, await withStored(deps, configuration, isKept), author)
  await markApplied(tables, own)
  const { changed } = applied
  // The configuration's history has the documents as they were before.
  if (changed.length > 0)
    await noteChange({ audit }, by, { what: 'configuration.apply', target: null, after: { changed } })
  return { ...applied, kept: changes }
}

/** The effect of applying a folder on one document. */
export interface ApplyEffect extends DocumentPlace {
  readonly outcome: 'new' | 'changed' | 'unchanged'
  readonly changes: readonly FieldChange[]
  /** Why it is changed without a changed field: the connection's mapping is, or the order of a list; null: neither. */
  readonly because: 'mapping' | 'order' | null
  /** The change because of which it would be refused; null: it would not. */
  readonly changedSince: ChangedSince | null
}

/** The effects that `applyConfiguration` would have; writes nothing. */
export async function previewApply(
  deps: Pick<TableDeps, 'tables' | 'configuration'>,
  by: Principal,
  configuration: Configuration,
): Promise<readonly ApplyEffect[]> {
  const rows = assertApplicable(by, configuration)
  const since = await changesSince(deps, rows)
  return await Promise.all(
    rows.map(async (row) => {
      const { kind, id, document } = row
      const before = await readableDocument(deps.configuration, { kind, id })
      const after = documentOf(kind, normalForm(kind, document))
      const changes = fieldChanges(before?.document ?? {}, after)
      const isEqual = canonicalJson(before?.document) === canonicalJson(after)
      const { changed } = await compareDocument(deps.tables, row, { by: nameOf(by), at: '', reason: null })
      const outcome = before === undefined ? 'new' : changed ? 'changed' : 'unchanged'
      const because = outcome !== 'changed' || changes.length > 0 ? null : isEqual ? 'mapping' : 'order'
      return {
        kind,
        id,
        outcome,
        changes,
        because,
        changedSince: since.find((one) => one.kind === kind && one.id === id) ?? null,
      }
    }),
  )
}

function assertApplicable(by: Principal, configuration: Configuration): readonly DocumentRow[] {
  assertAddresses(configuration.systems)
  const rows = rowsOf(configuration)
  for (const { kind, id } of rows) assertInScope(by, { kind, id })
  return rows
}

async function changesSince(
  { tables, configuration }: Pick<TableDeps, 'tables' | 'configuration'>,
  rows: readonly DocumentRow[],
): Promise<readonly ChangedSince[]> {
  const places = await changedSinceApplied(tables, rows)
  return await Promise.all(
    places.map(async ({ kind, id }) => {
      const { changes } = await configuration.changes({ kind, id, by: null, from: null, to: null }, 1, null)
      const [last] = changes
      return { kind, id, by: last?.by ?? 'somebody', at: last?.at ?? null, reason: last?.reason ?? null }
    }),
  )
}

function changedSinceError(changes: readonly ChangedSince[]): StreamError {
  const named = changes.map(({ kind, id, by, at, reason }) => {
    return `${kind} ${id}, by ${by}${at === null ? '' : ` at ${at}`}${reason === null ? '' : ` (${reason})`}`
  })
  const message =
    `changed since a folder was last applied, and applying this one would undo it: ${named.join('; ')}. ` +
    'See the difference with "waldstream apply --dry-run"; put it into the folder, or apply the folder anyway with --overwrite'
  return new StreamError('revision_differs', message, { field: changes[0]?.id ?? '' })
}

/**
 * The folder's configuration, with the stored documents in place of those to keep. A removed document stays removed.
 */
async function withStored(
  { tables }: Pick<TableDeps, 'tables'>,
  { systems, connections, metadata, recipients = [], subscriptions = [], ...rest }: Configuration,
  isKept: (place: DocumentPlace) => boolean,
): Promise<Configuration> {
  const stored = await readConfiguration(tables)
  const kept = <T>(kind: StoredKind, own: readonly T[], others: readonly T[], idOf: (one: T) => string) =>
    own.flatMap((one) => {
      const id = idOf(one)
      return isKept({ kind, id }) ? others.filter((other) => idOf(other) === id) : [one]
    })
  return {
    ...rest,
    systems: kept('system', systems, stored.systems, ({ id }) => id),
    connections: kept('connection', connections, stored.connections, ({ id }) => id),
    metadata: kept('product-metadata', metadata, stored.metadata, ({ connection }) => connection),
    recipients: kept('recipient', recipients, stored.recipients ?? [], ({ id }) => id),
    subscriptions: kept('subscription', subscriptions, stored.subscriptions ?? [], ({ id }) => id),
  }
}

function assertAddresses(systems: Configuration['systems']): void {
  const unset = systems.filter(({ address }) => /^(env|file):/.test(address))
  if (unset.length === 0) return
  const named = unset.map(({ id, address }) => `the address of ${id} is ${address}, which is not set`).join('; ')
  throw new StreamError('configuration_invalid', `${named}; set it where the configuration is applied`, {
    field: 'address',
  })
}
