/** Fills the tables of docs/reference/configuration.md, one for each kind of document, from the documents' schemas. */
import { existsSync, readFileSync } from 'node:fs'
import { documentSchemas } from '../src/configuration/document-schemas.ts'
import { templateSchemas } from '../src/configuration/vendor-templates/template-schemas.ts'
import { type DocumentSchema, fieldRows } from './document-fields.ts'
import { generatedFile } from './generated-file.ts'
import { table, withTables } from './settings-tables.ts'

const PAGE = new URL('../docs/reference/configuration.md', import.meta.url)

const schemas: Readonly<Record<string, DocumentSchema>> = JSON.parse(
  JSON.stringify({ ...documentSchemas, ...templateSchemas }),
)
const tables = Object.entries(schemas).map(
  ([kind, schema]) => [kind, table(['field', 'required', 'must be', 'what'], fieldRows(schema))] as const,
)
generatedFile(PAGE, withTables(existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : '', new Map(tables)))
