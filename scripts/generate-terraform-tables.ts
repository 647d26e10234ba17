/** Makes deploy/terraform/tables.json from src/operations/table-definitions.ts. */
import { tableDefinitions } from '../src/operations/table-definitions.ts'
import { generatedFile } from './generated-file.ts'

const tables = tableDefinitions.map(({ localIndexes = [], ...definition }) => ({ ...definition, localIndexes }))
generatedFile(new URL('../deploy/terraform/tables.json', import.meta.url), `${JSON.stringify(tables, null, 2)}\n`)
