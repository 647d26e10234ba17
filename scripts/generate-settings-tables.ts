/** Fills the tables of secrets, settings and filters on the pages of docs/systems/ from the definitions of the types. */
import { existsSync, readFileSync } from 'node:fs'
import { systemTypes } from '../src/systems/systems.ts'
import { generatedFile } from './generated-file.ts'
import { tablesOf, withTables } from './settings-tables.ts'

for (const type of systemTypes.values()) {
  const file = new URL(`../docs/systems/${type.type}.md`, import.meta.url)
  const page = existsSync(file) ? readFileSync(file, 'utf8') : ''
  generatedFile(file, withTables(page, tablesOf(type)))
}
