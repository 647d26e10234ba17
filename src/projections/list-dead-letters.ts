import type { Tables } from '../platform/dynamodb/tables.ts'
import { type DeadLetterRow, toDeadLetterRow } from './dead-letters.ts'
import { DEAD_LETTERS } from './tables.ts'

/** The newest dead letters first, by their last attempt, without the originals. */
export async function listDeadLetters(tables: Tables, limit: number): Promise<readonly DeadLetterRow[]> {
  let newest: DeadLetterRow[] = []
  for await (const items of tables.scan(DEAD_LETTERS)) {
    const rows = items.map((item) => ({ ...toDeadLetterRow(item), original: null }))
    newest = [...newest, ...rows].toSorted(newestFirst).slice(0, limit)
  }
  return newest
}

export async function getDeadLetter(tables: Tables, id: string): Promise<DeadLetterRow | undefined> {
  const item = await tables.get(DEAD_LETTERS, { id })
  return item === undefined ? undefined : toDeadLetterRow(item)
}

function newestFirst(a: DeadLetterRow, b: DeadLetterRow): number {
  if (a.last_at !== b.last_at) return a.last_at < b.last_at ? 1 : -1
  return a.id < b.id ? -1 : 1
}
