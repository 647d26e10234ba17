import { type CommandGroup, command, text } from '../command.ts'
import { json, yes } from './shared-options.ts'

export const rowsList = command({
  name: 'rows list',
  summary: 'list rows that cannot be read',
  takes: '',
  options: { table: text('table', 'one table (default: all)'), json },
  examples: ['waldstream rows list'],
})

export const rowsRemove = command({
  name: 'rows remove',
  summary: 'remove a row that cannot be read',
  takes: '<table> <key> [second]',
  about: `Removes only rows that cannot be read. A document of the configuration can be applied again instead, which replaces the
row. "second" is the second part of the key, if the table has one.`,
  options: { yes, json },
  examples: ['waldstream rows remove connections connection shop-vendor --yes'],
})

export const rows: CommandGroup = {
  name: 'rows',
  summary: 'rows of tables that cannot be read: list, remove',
  about: 'Rows that were written by hand, restored in part, or written by another version. Lists leave them out.',
  commands: [rowsList, rowsRemove],
}
