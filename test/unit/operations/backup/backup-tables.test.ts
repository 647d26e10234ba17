import { expect, it } from 'vitest'
import { backupTables, leftOutTables } from '../../../../src/operations/backup/backup-tables.ts'
import { tableDefinitions } from '../../../../src/operations/table-definitions.ts'

it('a table is in a backup, or left out for a reason, and never both', () => {
  const names = tableDefinitions.map(({ name }) => name)
  expect([...backupTables, ...leftOutTables.keys()].toSorted()).toEqual(names.toSorted())
})

it('what says how far things are is copied first', () => {
  expect(backupTables.slice(0, 2)).toEqual(['checkpoints', 'sync_control'])
})

it('keys of persons are in a backup', () => {
  expect(backupTables).toContain('person_keys')
})
