import type { ManyDone } from '../control/dead-letters/create-dead-letters.ts'
import type { RetryPreview } from '../control/dead-letters/preview.ts'
import type { Retried } from '../control/dead-letters/retry.ts'
import {
  type DeadLetterRow,
  type DeadLetterSummary,
  type LetterChange,
  summaryOf,
} from '../projections/dead-letter-row.ts'
import {
  getDeadLetter,
  groupDeadLetters,
  type LetterChoice,
  type LetterGroup,
  listDeadLetters as listRows,
  outcomesOf,
} from '../projections/list-dead-letters.ts'
import { noteChange, noteNothing, noteReading } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { may, nameOf, notFound, type Principal } from './principal.ts'
import { type Page, type Scoped, sees, within } from './scope.ts'

export { USUAL_LIMIT, USUAL_RATE } from '../control/dead-letters/create-dead-letters.ts'
export { letterStates } from '../projections/dead-letter-row.ts'
export { toChangeFilter, toFilter } from '../projections/letter-filter.ts'

/** A dead letter in a list, with the status of its entity in its task; null: it has none. */
export interface ListedDeadLetter extends DeadLetterSummary {
  readonly outcome: string | null
}

/** A dead letter with its event and its original record, byte for byte as base64. */
export interface ShownDeadLetter extends ListedDeadLetter {
  /** Personal fields of the event are masked, and the original's value is left out. */
  readonly masked: boolean
  /** Null when it can't be read. */
  readonly event: unknown
  readonly undecodable: { readonly code: string; readonly message: string } | null
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  }
  readonly history: readonly LetterChange[]
}

/** Which dead letters are changed, and how many. */
export interface ManyDeadLetters {
  readonly choice: LetterChoice
  /** At most. */
  readonly limit: number
  /** Says which it would be, and changes none. */
  readonly dryRun: boolean
}

interface Force {
  readonly force: boolean
  readonly reason: string | null
}

type Deps = Pick<OperationDeps, 'tables' | 'deadLetters' | 'audit'>

/** Ids of dead letters that an entry of the audit trail names. */
const MOST_IDS = 500

const ownerOf = ({ connection }: Pick<DeadLetterSummary, 'connection'>) => ({ connection })

/** The newest first, by their first failure, after the place `after`. */
export async function listDeadLetters(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  { choice, limit, after }: { readonly choice: LetterChoice; readonly limit: number; readonly after: string | null },
): Promise<Page<ListedDeadLetter>> {
  const { rows, next } = await listRows(tables, { ...choice, seen: by.scope.connections }, limit, after)
  const outcomes = await outcomesOf(tables, rows)
  const items = rows.map((row) => ({ ...row, outcome: outcomes.get(row.id) ?? null }))
  return { items: within(by.scope, items, ownerOf), next }
}

/** Counts by stage, connection, code and field, with examples of their values. `complete` is false when there were too many to count all. */
export async function countDeadLetters(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  choice: LetterChoice,
): Promise<{ readonly groups: Scoped<LetterGroup>; readonly complete: boolean }> {
  const { groups, complete } = await groupDeadLetters(tables, { ...choice, seen: by.scope.connections })
  return { groups: within(by.scope, groups, ownerOf), complete }
}

/** Throws `not_found`. */
export async function showDeadLetter(deps: Deps, by: Principal, id: string): Promise<ShownDeadLetter> {
  const row = await findRow(deps, by, id)
  await noteReading(deps, by, `dead letter ${id}`)
  const { original, masked, event, undecodable } = await deps.deadLetters.open(row, may(by, 'persons:read'))
  const outcome = (await outcomesOf(deps.tables, [row])).get(row.id) ?? null
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  return {
    ...summaryOf(row),
    outcome,
    masked,
    event,
    undecodable,
    original: {
      key: base64(original.key),
      value: base64(original.value),
      headers: original.headers.map(({ key, value }) => ({ key, value: base64(value) })),
    },
    history: row.history,
  }
}

/** What a retry would come to with today's configuration; nothing is sent. Throws `not_found`. */
export async function previewDeadLetter(
  deps: Deps & Pick<OperationDeps, 'previewRetry'>,
  by: Principal,
  id: string,
): Promise<RetryPreview> {
  const row = await findRow(deps, by, id)
  await noteReading(deps, by, `dead letter ${id}`)
  const { original } = await deps.deadLetters.open(row, true)
  return await deps.previewRetry(row.stage, original, may(by, 'persons:read'))
}

/** Appends the original to its topic again. Throws `not_found` and `state_conflict`. */
export async function retryDeadLetter(
  deps: Deps,
  by: Principal,
  { id, force, reason }: Force & { readonly id: string },
): Promise<Retried> {
  await assertSeen(deps, by, id)
  const retried = await deps.deadLetters.retry(id, { by: nameOf(by), force, reason })
  await noteChange(deps, by, { what: 'dead-letter.retry', target: id, after: { force } })
  return retried
}

/** One after the other, `rate` a second. */
export async function retryDeadLetters(
  deps: Pick<Deps, 'deadLetters' | 'audit'>,
  by: Principal,
  { choice, limit, dryRun, force, reason, rate }: ManyDeadLetters & Force & { readonly rate: number },
): Promise<ManyDone> {
  const filter = { ...choice, seen: by.scope.connections }
  const asked = { by: nameOf(by), force, reason, rate }
  const done = await deps.deadLetters.retryMany({ filter, limit, dryRun }, asked)
  await noteMany(deps, by, 'dead-letter.retry', dryRun, done)
  return done
}

/** Throws `not_found`, `state_conflict`, `confirmation_needed`, and `request_invalid` without a reason. */
export async function discardDeadLetter(
  deps: Deps,
  by: Principal,
  { id, reason, confirm }: { readonly id: string; readonly reason: string; readonly confirm: boolean },
): Promise<void> {
  await assertSeen(deps, by, id)
  await assertDiscards(deps, by, [id], confirm)
  await deps.deadLetters.discard(id, { by: nameOf(by), reason })
  await noteChange(deps, by, { what: 'dead-letter.discard', target: id })
}

/** Throws `confirmation_needed` where these are open; those that there are not are named when they are discarded. */
export async function assertDiscards(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  ids: readonly string[],
  confirm: boolean,
): Promise<void> {
  if (confirm) return
  const rows = await Promise.all([...new Set(ids)].map((id) => getDeadLetter(tables, id)))
  const open = rows.flatMap((row) => (row?.state === 'open' && sees(by.scope, ownerOf(row)) ? [row] : []))
  const [only] = open
  const what =
    only !== undefined && open.length === 1 ? `the discard of ${only.key} (${only.code}, ${only.stage})` : 'this'
  assertConfirmed(by, what, { 'open dead letters': open.length }, false)
}

export async function discardDeadLetters(
  deps: Pick<Deps, 'deadLetters' | 'audit'>,
  by: Principal,
  { choice, limit, dryRun, reason, confirm }: ManyDeadLetters & { readonly reason: string; readonly confirm: boolean },
): Promise<ManyDone> {
  const filter = { ...choice, seen: by.scope.connections }
  const asked = { by: nameOf(by), reason }
  if (!dryRun && !confirm) {
    const { done: would } = await deps.deadLetters.discardMany({ filter, limit, dryRun: true }, asked)
    assertConfirmed(by, 'this', { 'open dead letters': would.length }, false)
  }
  const done = await deps.deadLetters.discardMany({ filter, limit, dryRun }, asked)
  await noteMany(deps, by, 'dead-letter.discard', dryRun, done)
  return done
}

/** Their ids, up to what an entry of the trail holds. */
async function noteMany(
  deps: Pick<Deps, 'audit'>,
  by: Principal,
  what: string,
  dryRun: boolean,
  { done }: ManyDone,
): Promise<void> {
  if (dryRun || done.length === 0) return noteNothing(by)
  await noteChange(deps, by, { what, target: `${done.length} dead letters`, after: { ids: done.slice(0, MOST_IDS) } })
}

async function findRow({ tables }: Deps, by: Principal, id: string): Promise<DeadLetterRow> {
  const row = await getDeadLetter(tables, id)
  if (row !== undefined && sees(by.scope, ownerOf(row))) return row
  const what = `there is no dead letter "${id}"`
  const cli = `${what}; "waldstream dead-letters list" has the ids`
  throw notFound(by, { field: 'id', api: `${what}; /v1/dead-letters lists them`, cli })
}

async function assertSeen({ tables }: Deps, by: Principal, id: string): Promise<void> {
  const row = await getDeadLetter(tables, id)
  if (row !== undefined && sees(by.scope, ownerOf(row))) return
  const what = `there is no dead letter "${id}"; the list has their ids`
  throw notFound(by, { field: 'id', api: what, cli: `id: ${what}` })
}
