/** Makes `.env.example` and README's table of environment variables from src/config.ts. */
import { readFileSync } from 'node:fs'
import { envExample, environmentTable } from './environment-texts.ts'
import { generatedFile } from './generated-file.ts'
import { withTables } from './settings-tables.ts'

const README = new URL('../README.md', import.meta.url)
generatedFile(README, withTables(readFileSync(README, 'utf8'), new Map([['environment', environmentTable()]])))
generatedFile(new URL('../.env.example', import.meta.url), envExample())
