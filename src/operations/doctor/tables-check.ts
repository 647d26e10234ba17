import type { InspectedTable } from '../../platform/dynamodb/inspect-table.ts'
import { type Check, type Finding, fail, ok, warn } from './finding.ts'

const TABLES = 'tables'

export function tablesCheck(inspect: () => Promise<readonly InspectedTable[]>): Check {
  return { name: TABLES, run: async () => judgeTables(await inspect()) }
}

export function judgeTables(tables: readonly InspectedTable[]): readonly Finding[] {
  const named = (state: InspectedTable['state']) =>
    tables.filter((table) => table.state === state).map(({ name }) => name)
  const [right, missing] = [named('right'), named('missing')]
  return [
    ...(right.length > 0 ? [ok(TABLES, `${right.length} of ${tables.length} exist with their keys and indexes`)] : []),
    ...(missing.length > 0 ? [warn(TABLES, `missing, created when a role starts: ${missing.join(', ')}`)] : []),
    ...named('not active').map((name) => warn(`table ${name}`, 'is not active', 'wait, or check it in the console')),
    ...named('keys').map((name) =>
      fail(
        `table ${name}`,
        'has other keys or indexes',
        'use another TABLE_PREFIX, or remove that table and rebuild it',
      ),
    ),
  ]
}
