import { findUnreadableRows, removeUnreadableRow } from '../operations/unreadable-rows.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream rows list [--table TABLE] [--json]
waldstream rows remove <table> <key> [<second part of the key>] [--yes] [--json]

  Rows of tables that can't be read: written by hand, restored in part, or of another version. Every list leaves them out.
  list looks at all rows there are. remove takes away one that can't be read, and no other; documents of the configuration
  can be applied again instead, over the row. With --yes, after it was said what goes.`

export async function rowsCommand(args: readonly string[]): Promise<void> {
  const options = {
    table: { type: 'string' },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, table, ...keys] = positionals
  const isList = action === 'list' && table === undefined
  const isRemove = action === 'remove' && table !== undefined && keys.length > 0
  if (!isList && !isRemove) throw new UsageError('rows takes list, or remove with a table and the key of a row', USAGE)
  const by = commandUser()
  if (isRemove) {
    const wanted = { table, keys, confirm: values.yes }
    const row = await noted(by, { what: 'rows remove', target: targetOf([table, ...keys]) }, () =>
      onTables((operations) => removeUnreadableRow(operations, by, wanted)),
    )
    return console.log(values.json ? JSON.stringify(row) : `removed: ${row.why}`)
  }
  await onTables(async (operations) => {
    const { rows } = await findUnreadableRows(operations, by, { table: values.table ?? null, most: Infinity })
    if (values.json) return console.log(JSON.stringify({ items: rows }))
    printList(rows, ({ why, command }) => `${why}\n  ${command}`, 'every row can be read')
  })
}
