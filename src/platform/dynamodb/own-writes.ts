import { randomBytes } from 'node:crypto'
import { canonicalJson } from '../../events/canonical-json.ts'
import type { Change, Condition, Item, WriteCondition } from './tables.ts'

/** Attribute of the mark that a write with `mine` leaves in its row. Rows of earlier versions have none. */
const WRITE_MARK = 'write_mark'
const MARK_BYTES = 9

export function conditionOf(when: WriteCondition | undefined): Condition | undefined {
  return when !== undefined && 'mine' in when ? when.mine : when
}

export function isMine(when: WriteCondition | undefined): boolean {
  return when !== undefined && 'mine' in when
}

/** The item with a mark of this call, if the write recognizes itself. */
export function markedItem(item: Item, when: WriteCondition | undefined): Item {
  return isMine(when) ? { ...item, [WRITE_MARK]: newMark() } : item
}

/** The change with a mark of this call, if the write recognizes itself. */
export function markedChange(change: Change, when: WriteCondition | undefined): Change {
  return isMine(when) ? { ...change, set: { ...change.set, [WRITE_MARK]: newMark() } } : change
}

/** Whether a row shows that the put of this item was carried out, whatever was changed since. */
export function showsPut(found: Item | undefined, item: Item): boolean {
  return found !== undefined && found[WRITE_MARK] === item[WRITE_MARK] && item[WRITE_MARK] !== undefined
}

/**
 * Whether a row shows that this change was carried out, and that nothing it set was changed since: a lease that another
 * process has taken meanwhile is not held.
 */
export function showsChange(found: Item | undefined, { set = {} }: Change): boolean {
  if (found === undefined || set[WRITE_MARK] === undefined) return false
  return Object.entries(set).every(([path, value]) => canonicalJson(valueAt(found, path)) === canonicalJson(value))
}

function newMark(): string {
  return randomBytes(MARK_BYTES).toString('base64url')
}

function valueAt(item: Item, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (typeof value === 'object' ? (value as Item | null)?.[name] : undefined), item)
}
