import { type CommandGroup, command, text } from '../command.ts'
import { json, yes } from './shared-options.ts'

export const rowsList = command({
  name: 'rows list',
  summary: 'list rows that can not be read',
  takes: '',
  options: { table: text('table', 'one table (default: all)'), json },
  examples: ['waldstream rows list'],
})

export const rowsRemove = command({
  name: 'rows remove',
  summary: 'remove a row that can not be read',
  takes: '<table> <key> [second]',
  about: `Removes a row that can not be read, and no other. A document of the configuration can be applied again instead, over the
row. "second" is the second part of the key, where the table has one.`,
  options: { yes, json },
  examples: ['waldstream rows remove connections connection shop-vendor --yes'],
})

export const rows: CommandGroup = {
  name: 'rows',
  summary: 'rows of tables that can not be read: list, remove',
  about: 'Rows that were written by hand, restored in part, or of another version. Every list leaves them out.',
  commands: [rowsList, rowsRemove],
}
