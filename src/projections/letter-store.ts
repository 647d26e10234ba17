import type { Tables } from '../platform/dynamodb/tables.ts'
import type { DeadLetterRow, DeadLetterSummary } from './dead-letter-row.ts'
import { changeLetter } from './dead-letter-table.ts'
import { getDeadLetter, type LetterFilter, type LetterPage, listDeadLetters } from './list-dead-letters.ts'

/** The table of dead letters, for actions on them. */
export interface DeadLetterStore {
  get(id: string): Promise<DeadLetterRow | undefined>
  list(filter: LetterFilter, limit: number, after: string | null): Promise<LetterPage>
  /** False: it has changed since it was read. */
  change(
    letter: Pick<DeadLetterSummary, 'id' | 'first_at' | 'state' | 'revision'>,
    change: Pick<DeadLetterSummary, 'state' | 'state_at' | 'retries'>,
  ): Promise<boolean>
}

export function letterStore(tables: Tables): DeadLetterStore {
  return {
    get: (id) => getDeadLetter(tables, id),
    list: (filter, limit, after) => listDeadLetters(tables, filter, limit, after),
    change: (letter, change) => changeLetter(tables, letter, change),
  }
}
