import { StreamError } from '../errors.ts'
import { type AttributeOf, rowsOf } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext } from '../platform/runtime/stage.ts'
import {
  type DeadLetterRow,
  deadLetterRows,
  type LetterState,
  type ShelvedLetter,
  shelvedRows,
  summaryOf,
} from './dead-letter-row.ts'

/**
 * Open and ended dead letters are stored apart, so that listing the open ones does not slow down as ended ones
 * accumulate.
 */
export const shelves = ['active', 'ended'] as const
export type Shelf = (typeof shelves)[number]

export function shelfOf(state: LetterState): Shelf {
  return state === 'open' || state === 'retrying' ? 'active' : 'ended'
}

/** Place on a shelf: by the first failure, which never changes. */
function placeOf({ first_at, id }: Pick<DeadLetterRow, 'first_at' | 'id'>): string {
  return `${first_at}#${id}`
}

/**
 * A row is changed by its projector and by people; more conflicts in a row than this mean that something else is wrong.
 */
const TRIES = 20

/**
 * Writes the row that `fold` makes of the row read, if nobody else changed it meanwhile, and puts its summary on the
 * right shelf. Repeatable: an already written row is still shelved.
 */
export async function writeLetter(
  tables: Tables,
  id: string,
  read: DeadLetterRow | undefined,
  fold: (row: DeadLetterRow | undefined) => DeadLetterRow | undefined,
  context: Pick<BatchContext, 'assertOwned'>,
): Promise<void> {
  let row = read
  for (let tries = 0; tries < TRIES; tries += 1) {
    const after = fold(row)
    if (after === undefined) return
    context.assertOwned()
    if (after === row || (await write(tables, row, after))) return await shelve(tables, after, row === undefined)
    row = await rowsOf(tables, deadLetterRows).get({ id })
  }
  throw new StreamError('concurrent_change', `dead letter ${id} kept changing while it was being updated; try again`)
}

/** The original, usually most of the row, is written only if it has changed. */
async function write(tables: Tables, before: DeadLetterRow | undefined, after: DeadLetterRow): Promise<boolean> {
  const rows = rowsOf(tables, deadLetterRows)
  if (before === undefined) return await rows.put(after, { absent: 'id' })
  const { id, original, ...others } = after
  const set = original === before.original ? others : { ...others, original }
  return await rows.update({ id }, { set }, unchanged(before))
}

type ShelfCondition = Condition<AttributeOf<ShelvedLetter>>

/** Adds it to its shelf before removing it from the other one: it is always on at least one. */
async function shelve(tables: Tables, row: DeadLetterRow, isNew: boolean): Promise<void> {
  const place = placeOf(row)
  const shelf = shelfOf(row.state)
  const rows = rowsOf(tables, shelvedRows)
  const notNewer: ShelfCondition = { attribute: 'revision', is: '<=', value: row.revision }
  const entry = { shelf, place, ...summaryOf(row) }
  await rows.put(entry, { anyOf: [{ absent: 'place' }, notNewer] })
  if (isNew) return
  const other = shelf === 'active' ? 'ended' : 'active'
  await rows.delete({ shelf: other, place }, { anyOf: [{ absent: 'place' }, notNewer] })
}

/**
 * A change by a person, visible at once; the projector moves it to the right shelf later. False: the row has changed
 * since it was read.
 */
export async function changeLetter(
  tables: Tables,
  row: Pick<DeadLetterRow, 'id' | 'first_at' | 'state' | 'revision'>,
  change: Pick<DeadLetterRow, 'state' | 'state_at' | 'retries'>,
): Promise<boolean> {
  const set = { ...change, revision: row.revision + 1 }
  if (!(await rowsOf(tables, deadLetterRows).update({ id: row.id }, { set }, { mine: unchanged(row) }))) return false
  const key = { shelf: shelfOf(row.state), place: placeOf(row) }
  const older: ShelfCondition = { attribute: 'revision', is: '<', value: set.revision }
  await rowsOf(tables, shelvedRows).update(key, { set }, { allOf: [{ present: 'place' }, older] })
  return true
}

function unchanged({ revision }: Pick<DeadLetterRow, 'revision'>): Condition<AttributeOf<DeadLetterRow>> {
  return { attribute: 'revision', is: '=', value: revision }
}
