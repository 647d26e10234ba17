import { forEachBounded } from '../platform/bounded.ts'
import { rowsOf } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { Decoded, Stage } from '../platform/runtime/stage.ts'
import { type DeadLetterRow, deadLetterRows } from './dead-letter-row.ts'
import { writeLetter } from './dead-letter-table.ts'
import { foldDeadLetter } from './fold-dead-letter.ts'

/** Dead letters written in parallel. */
const WRITERS = 8

/**
 * Folds `dead-letters` into one row per dead letter: its failures and its handling. Redelivery changes nothing; a
 * failed retry changes its dead letter's row.
 */
export function deadLetterStage(deps: { readonly tables: Tables }): Stage<'dead-letters'> {
  return {
    name: 'project-dead-letters',
    kind: 'dead-letters',
    topics: ['dead-letters'],
    async handle(batch, context) {
      const letters = [...Map.groupBy(batch, ({ event }) => event.deadLetterId)]
      const rows = await rowsOf(deps.tables, deadLetterRows).getMany(letters.map(([id]) => ({ id })))
      const known = new Map(rows.map((row) => [row.id, row]))
      await forEachBounded(letters, WRITERS, async ([id, records]) => {
        await writeLetter(deps.tables, id, known.get(id), (row) => foldAll(row, records), context)
      })
    },
  }
}

function foldAll(row: DeadLetterRow | undefined, records: readonly Decoded<'dead-letters'>[]) {
  return records.reduce<DeadLetterRow | undefined>((before, { record, event }) => {
    const { topic, partition, offset } = record
    return foldDeadLetter(before, event, { topic, partition, offset: String(offset) })
  }, row)
}
