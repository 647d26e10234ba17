import type { AuditEntry, AuditFilter } from '../control/audit-trail.ts'
import type { StreamError } from '../errors.ts'
import { canonicalJson } from '../events/canonical-json.ts'
import { type Fields, isFields } from '../events/fields.ts'
import type { TableDeps } from './dependencies.ts'
import { may, nameOf, notFound, type Principal, type Via } from './principal.ts'
import { type Page, sees, within } from './scope.ts'

export type { AuditEntry } from '../control/audit-trail.ts'
export { auditOutcomes } from '../control/audit-trail.ts'

/** A change; `before` and `after` hold ids and settings, never personal data. */
export interface Change {
  /** The kind of object and the action, such as `connection.put`. */
  readonly what: string
  readonly target: string | null
  readonly before?: unknown
  readonly after?: unknown
}

type Audited = Pick<TableDeps, 'audit'>

/** Requests whose change is in the trail already; the request itself is not recorded again. */
const noted = new WeakSet<Via>()

export function isNoted({ via }: Principal): boolean {
  return via !== undefined && noted.has(via)
}

/**
 * Records a change that was made. When the trail cannot be written, the request fails; the caller may repeat it safely.
 */
export async function noteChange({ audit }: Audited, by: Principal, change: Change): Promise<void> {
  const { what, target, before = null, after = null } = change
  await audit.record({ ...whoIs(by), what, target, outcome: 'done', code: null, ...differing(before, after) })
  if (by.via !== undefined) noted.add(by.via)
}

/** Marks a request that changed nothing: a preview, or a change that had been made already. */
export function noteNothing({ via }: Principal): void {
  if (via !== undefined) noted.add(via)
}

/** Records a change that was not made: `refused` if the caller has to act, else `failed`. */
export async function noteFailure(
  { audit }: Audited,
  by: Principal,
  { what, target }: Pick<Change, 'what' | 'target'>,
  { code, policy }: StreamError,
): Promise<void> {
  const outcome = policy === 'refuse' || policy === 'pause' ? 'refused' : 'failed'
  await audit.record({ ...whoIs(by), what, target, outcome, code, before: null, after: null })
}

/** Records that personal data was shown. When this cannot be recorded, it throws and no data is shown. */
export async function noteReading({ audit }: Audited, by: Principal, target: string): Promise<void> {
  if (!may(by, 'persons:read')) return
  const nothing = { before: null, after: null, code: null }
  await audit.record({ ...whoIs(by), ...nothing, what: 'persons.read', target, outcome: 'done' })
}

/** Entries of the audit trail, newest first. The caller must have access to everything. */
export async function listAudit(
  { audit }: Audited,
  by: Principal,
  { filter, limit, after }: { readonly filter: AuditFilter; readonly limit: number; readonly after: string | null },
): Promise<Page<AuditEntry>> {
  if (!sees(by.scope, { connection: null })) {
    const what = 'only callers with access to everything may read the audit trail'
    throw notFound(by, { field: 'who', api: what, cli: what })
  }
  const { entries, next } = await audit.list(filter, limit, after)
  return { items: within(by.scope, entries, () => ({ connection: null })), next }
}

export function whoIs(by: Principal): Pick<AuditEntry, 'who' | 'kind' | 'key' | 'from'> {
  return { who: nameOf(by), kind: by.kind, key: by.via?.key ?? null, from: by.via?.address ?? null }
}

/** Only the fields that differ, if both values are objects. */
function differing(before: unknown, after: unknown): { readonly before: unknown; readonly after: unknown } {
  if (!isFields(before) || !isFields(after)) return { before, after }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => canonicalJson(before[name]) !== canonicalJson(after[name]),
  )
  const chosen = (all: Fields) => Object.fromEntries(names.map((name) => [name, all[name] ?? null]))
  return { before: chosen(before), after: chosen(after) }
}
