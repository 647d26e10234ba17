import { readConfiguration } from '../configuration/read-configuration.ts'
import type { ManyDone, Opened } from '../control/dead-letters/create-dead-letters.ts'
import { decodeOriginal, type Original, shownOf } from '../control/dead-letters/original.ts'
import type { RetryPreview } from '../control/dead-letters/preview.ts'
import type { MapAnew, Retried } from '../control/dead-letters/retry.ts'
import { toStreamError } from '../errors.ts'
import { readMadeFrom } from '../events/headers.ts'
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
import type { ShownEvent } from '../projections/show-staged.ts'
import { noteChange, noteNothing, noteReading } from './audit.ts'
import { assertConfirmed } from './confirmation.ts'
import type { OperationDeps } from './dependencies.ts'
import { eventContent } from './event-content.ts'
import { type FieldChange, withoutValues } from './field-change.ts'
import { fieldChanges } from './history/field-changes.ts'
import { isOwnRecord, ownEvent, ownMessage, ownReport, seesShopOf } from './own-part.ts'
import { may, nameOf, notFound, type Principal } from './principal.ts'
import { type Page, type Scoped, sees, within } from './scope.ts'
import { showSource } from './show-source.ts'

export { USUAL_LIMIT, USUAL_RATE } from '../control/dead-letters/create-dead-letters.ts'
export { letterStates } from '../projections/dead-letter-row.ts'
export { toChangeFilter, toFilter } from '../projections/letter-filter.ts'

/** A dead letter in a list. `outcome`: the status of its entity in its task; null: none. */
export interface ListedDeadLetter extends DeadLetterSummary {
  readonly outcome: string | null
}

/** A dead letter with its event and its original record, byte for byte as base64. */
export interface ShownDeadLetter extends ListedDeadLetter {
  /** Personal fields of the event are masked, and the original's value is left out. */
  readonly masked: boolean
  /** Null if it cannot be decoded. */
  readonly event: unknown
  readonly undecodable: { readonly code: string; readonly message: string } | null
  readonly original: {
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly { readonly key: string; readonly value: string | null }[]
  }
  readonly history: readonly LetterChange[]
  /**
   * The source event, with its place in its topic. Null: there is no source event, or the caller does not see the
   * system that it was read from.
   */
  readonly as_read: ShownEvent | null
}

/** Selects dead letters to change. */
export interface ManyDeadLetters {
  readonly choice: LetterChoice
  /** Maximum number. */
  readonly limit: number
  /** Returns the dead letters that would change, without changing them. */
  readonly dryRun: boolean
  /** Called before each dead letter with the number handled and the total. */
  readonly progress?: ((handled: number, of: number) => void) | undefined
}

interface RetryWish {
  readonly force: boolean
  readonly reason: string | null
  /** Maps a vendor's order again with the current configuration, instead of sending it as it was mapped. */
  readonly remap: boolean
}

/** `changes`: fields that are mapped differently now; null: the original is retried, or it cannot be mapped. */
export interface DeadLetterPreview extends RetryPreview {
  readonly changes: readonly FieldChange[] | null
}

type Deps = Pick<OperationDeps, 'tables' | 'deadLetters' | 'audit'>
type Mapping = Pick<OperationDeps, 'tables' | 'mapAnew'>

/** Maximum number of dead letter ids in an entry of the audit trail. */
const MOST_IDS = 500

const ownerOf = ({ connection }: Pick<DeadLetterSummary, 'connection'>) => ({ connection })

/** Sorted by first failure, newest first, starting after the place `after`. */
export async function listDeadLetters(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  { choice, limit, after }: { readonly choice: LetterChoice; readonly limit: number; readonly after: string | null },
): Promise<Page<ListedDeadLetter>> {
  const { rows, next } = await listRows(tables, { ...choice, seen: by.scope.connections }, limit, after)
  const outcomes = await outcomesOf(tables, rows)
  const own = await ownLetters({ tables }, by)
  const items = rows.map((row) => ({ ...own(row), outcome: outcomes.get(row.id) ?? null }))
  return { items: within(by.scope, items, ownerOf), next }
}

/**
 * Counts by stage, connection, code and field, with example values. `complete` is false if there were too many to
 * count.
 */
export async function countDeadLetters(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
  choice: LetterChoice,
): Promise<{ readonly groups: Scoped<LetterGroup>; readonly complete: boolean }> {
  const { groups, complete } = await groupDeadLetters(tables, { ...choice, seen: by.scope.connections })
  const own = await ownLetters({ tables }, by)
  const shown = groups.map((group) => {
    const examples = group.examples.map((example) => {
      const { message } = own({ ...group, ...example })
      return { ...example, message }
    })
    return { ...own(group), examples }
  })
  return { groups: within(by.scope, shown, ownerOf), complete }
}

type Described = Pick<DeadLetterSummary, 'stage' | 'connection' | 'code' | 'message'>

/** Replaces the message of a dead letter if the caller may not see the shop's whole order. */
async function ownLetters(
  { tables }: Pick<Deps, 'tables'>,
  by: Principal,
): Promise<<L extends Described>(letter: L) => L> {
  if (by.scope.connections === 'all') return (letter) => letter
  const configuration = await readConfiguration(tables)
  return (letter) =>
    seesShopOf(by, configuration, letter.connection) ? letter : { ...letter, message: ownMessage(letter.stage, letter) }
}

/** Throws `not_found`. */
export async function showDeadLetter(
  deps: Deps & Pick<OperationDeps, 'staged' | 'topicPrefix'>,
  by: Principal,
  id: string,
): Promise<ShownDeadLetter> {
  const row = await findRow(deps, by, id)
  await noteReading(deps, by, `dead letter ${id}`)
  const whole = seesShopOf(by, await readConfiguration(deps.tables), row.connection)
  const opened = await deps.deadLetters.open(row, may(by, 'persons:read'))
  const { original, masked, event, undecodable } = whole ? opened : ownPartOf(opened, deps.topicPrefix)
  const madeFrom = readMadeFrom(original.headers)
  const outcome = (await outcomesOf(deps.tables, [row])).get(row.id) ?? null
  const base64 = (bytes: Buffer | null) => bytes?.toString('base64') ?? null
  return {
    ...(whole ? summaryOf(row) : ownReport(summaryOf(row))),
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
    as_read: madeFrom === null ? null : await showSource(deps, by, madeFrom),
  }
}

/** Leaves out the bytes: those of a shop's order, or of a part, contain more than the caller's part. */
function ownPartOf(opened: Opened, topicPrefix: string): Opened {
  const { original, event } = opened
  if (isOwnRecord(original.topic, topicPrefix)) return opened
  const shown = ownEvent(original.topic, topicPrefix, event)
  return { ...opened, masked: true, original: { ...original, value: null }, event: shown }
}

/** The result of a retry with the current configuration; sends nothing. Throws `not_found`. */
export async function previewDeadLetter(
  deps: Deps & Mapping & Pick<OperationDeps, 'previewRetry' | 'codec' | 'topicPrefix'>,
  by: Principal,
  { id, remap }: { readonly id: string; readonly remap: boolean },
): Promise<DeadLetterPreview> {
  const row = await findRow(deps, by, id)
  await noteReading(deps, by, `dead letter ${id}`)
  const whole = seesShopOf(by, await readConfiguration(deps.tables), row.connection)
  const { original } = await deps.deadLetters.open(row, true)
  const persons = may(by, 'persons:read')
  const previewOf = async (one: Original) => {
    const preview = await deps.previewRetry(row.stage, one, persons)
    return whole ? preview : ownPreview(preview, row, deps.topicPrefix)
  }
  const contentOf = async (one: Original) => {
    const read = await decodeOriginal(deps, one)
    const event = 'error' in read ? null : shownOf(read.decoded, true)
    return eventContent(whole ? event : ownEvent(row.topic, deps.topicPrefix, event))
  }
  if (!remap) return { ...(await previewOf(original)), changes: null }
  try {
    const anew = await (await mapAnewFor(deps, by))(row, original)
    const changes = fieldChanges(await contentOf(original), await contentOf(anew))
    return { ...(await previewOf(anew)), changes: persons ? changes : withoutValues(changes) }
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy !== 'refuse') throw error
    const errors = [{ connection: row.connection, code: error.code, field: null, message: error.message }]
    const none = { event: null, decisions: [], outputs: [], delivery: null, changes: null }
    return { ...none, kind: 'other', verdict: 'it cannot be mapped again', errors }
  }
}

async function mapAnewFor({ tables, mapAnew }: Mapping, by: Principal): Promise<MapAnew> {
  const configuration = await readConfiguration(tables)
  return mapAnew((connection) => seesShopOf(by, configuration, connection))
}

/** The result of a retry for the dead letter's connection only. */
function ownPreview(
  preview: RetryPreview,
  { stage, connection, topic }: DeadLetterRow,
  topicPrefix: string,
): RetryPreview {
  const { event, errors, decisions, outputs } = preview
  const isOwn = (one: { readonly connection: string | null }) => one.connection === connection
  const own = outputs.filter(({ event: of }) => isOwn(of as { readonly connection: string | null }))
  return {
    ...preview,
    event: ownEvent(topic, topicPrefix, event),
    errors: errors.filter(isOwn).map((one) => ({ ...one, message: ownMessage(stage, one) })),
    decisions: decisions.filter(isOwn).map((one) => ({ ...one, message: ownMessage(stage, one) })),
    outputs: own.map((one) => ({ ...one, event: ownEvent(one.topic, topicPrefix, one.event) })),
  }
}

/** Appends the original to its topic again, or the newly mapped event. Throws `not_found` and `state_conflict`. */
export async function retryDeadLetter(
  deps: Deps & Mapping,
  by: Principal,
  { id, force, reason, remap }: RetryWish & { readonly id: string },
): Promise<Retried> {
  await assertSeen(deps, by, id)
  const asked = { by: nameOf(by), force, reason }
  const retried = await deps.deadLetters.retry(id, remap ? { ...asked, mapAnew: await mapAnewFor(deps, by) } : asked)
  await noteChange(deps, by, { what: 'dead-letter.retry', target: id, after: { force, remap } })
  return retried
}

/** One after the other, `rate` per second. */
export async function retryDeadLetters(
  deps: Pick<Deps, 'deadLetters' | 'audit'> & Mapping,
  by: Principal,
  { choice, force, reason, remap, rate, ...many }: ManyDeadLetters & RetryWish & { readonly rate: number },
): Promise<ManyDone> {
  const filter = { ...choice, seen: by.scope.connections }
  const asked = { by: nameOf(by), force, reason, rate }
  const wanted = remap ? { ...asked, mapAnew: await mapAnewFor(deps, by) } : asked
  const done = await deps.deadLetters.retryMany({ ...many, filter }, wanted)
  await noteMany(deps, by, 'dead-letter.retry', many.dryRun, done)
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

/** Throws `confirmation_needed` if some of these are open. Ignores unknown ids: the discard itself reports them. */
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
  {
    choice,
    limit,
    dryRun,
    reason,
    confirm,
    progress,
  }: ManyDeadLetters & { readonly reason: string; readonly confirm: boolean },
): Promise<ManyDone> {
  const filter = { ...choice, seen: by.scope.connections }
  const asked = { by: nameOf(by), reason }
  if (!dryRun && !confirm) {
    const { done: would } = await deps.deadLetters.discardMany({ filter, limit, dryRun: true }, asked)
    assertConfirmed(by, 'this', { 'open dead letters': would.length }, false)
  }
  const done = await deps.deadLetters.discardMany({ filter, limit, dryRun, progress }, asked)
  await noteMany(deps, by, 'dead-letter.discard', dryRun, done)
  return done
}

/** Records the ids, up to `MOST_IDS`. */
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
  const cli = `${what}; "waldstream dead-letters list" lists the ids`
  throw notFound(by, { field: 'id', api: `${what}; /v1/dead-letters lists them`, cli })
}

async function assertSeen({ tables }: Deps, by: Principal, id: string): Promise<void> {
  const row = await getDeadLetter(tables, id)
  if (row !== undefined && sees(by.scope, ownerOf(row))) return
  const what = `there is no dead letter "${id}"; the list of dead letters has the ids`
  throw notFound(by, { field: 'id', api: what, cli: `id: ${what}` })
}
