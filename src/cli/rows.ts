import { findUnreadableRows, removeUnreadableRow } from '../operations/unreadable-rows.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { rowsList, rowsRemove } from './commands/rows.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { withProgress } from './progress.ts'

export async function removeRowCommand({ table, key, second, yes, json }: Given<typeof rowsRemove>): Promise<void> {
  const by = commandUser()
  const keys = second === undefined ? [key] : [key, second]
  const row = await noted(by, { what: 'rows remove', target: targetOf([table, ...keys]) }, () =>
    onTables((operations) => removeUnreadableRow(operations, by, { table, keys, confirm: yes })),
  )
  console.log(json ? JSON.stringify(row) : `removed: ${row.why}`)
}

export async function listRowsCommand({ table, json }: Given<typeof rowsList>): Promise<void> {
  const { rows } = await withProgress('reading all rows', json, () =>
    onTables((operations) => findUnreadableRows(operations, commandUser(), { table: table ?? null, most: Infinity })),
  )
  if (json) return console.log(JSON.stringify({ items: rows }))
  printList(rows, ({ why, command }) => `${why}\n  ${command}`, 'every row can be read')
}
