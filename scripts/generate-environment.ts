/** Makes `.env.example` and the table of docs/reference/settings.md from src/config.ts. */
import { readFileSync } from 'node:fs'
import { envExample, environmentTable } from './environment-texts.ts'
import { generatedFile } from './generated-file.ts'
import { withTables } from './settings-tables.ts'

const SETTINGS = new URL('../docs/reference/settings.md', import.meta.url)
generatedFile(SETTINGS, withTables(readFileSync(SETTINGS, 'utf8'), new Map([['environment', environmentTable()]])))
generatedFile(new URL('../.env.example', import.meta.url), envExample())
