/** Makes src/events/generated/events.ts from schemas/*.avsc. */
import { readdirSync, readFileSync } from 'node:fs'
import { generatedFile } from './generated-file.ts'

interface Field {
  readonly name: string
  readonly type: Schema
  readonly doc?: string
  /** Used by the codec only: events don't have it. */
  readonly codec?: boolean
}
interface RecordSchema {
  readonly type: 'record'
  readonly name: string
  readonly doc?: string
  readonly fields: readonly Field[]
}
type Schema =
  | string
  | readonly Schema[]
  | RecordSchema
  | { readonly type: 'array'; readonly items: Schema }
  | { readonly type: 'map'; readonly values: Schema }
  | { readonly type: string; readonly logicalType?: string; readonly scale?: number }

const SCHEMAS = new URL('../schemas/', import.meta.url)
const OUTPUT = new URL('../src/events/generated/events.ts', import.meta.url)
const PRIMITIVES: Readonly<Record<string, string>> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  bytes: 'Buffer',
}

const interfaces = new Map<string, string>()

function typeOf(schema: Schema): string {
  if (typeof schema === 'string') return PRIMITIVES[schema] ?? schema
  if (isUnion(schema)) return schema.map(typeOf).toSorted(nullLast).join(' | ')
  if ('items' in schema) return `ReadonlyArray<${typeOf(schema.items)}>`
  if ('values' in schema) return `Readonly<Record<string, ${typeOf(schema.values)}>>`
  if ('fields' in schema) return declare(schema)
  return logicalTypeOf(schema as { type: string; logicalType?: string; scale?: number })
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema)
}

function nullLast(a: string, b: string): number {
  return Number(a === 'null') - Number(b === 'null')
}

function logicalTypeOf(schema: { type: string; logicalType?: string; scale?: number }): string {
  if (schema.logicalType === 'decimal') return `Decimal${schema.scale}`
  if (schema.logicalType === 'timestamp-millis') return 'EpochMillis'
  return typeOf(schema.type)
}

/** Declares each record once, even if several schemas repeat it; two different records with one name are an error. */
function declare(schema: RecordSchema): string {
  const own = schema.fields.filter(({ codec }) => codec !== true)
  const fields = own.map((field) => {
    const doc = field.doc === undefined ? '' : `  /** ${field.doc} */\n`
    return `${doc}  readonly ${field.name}: ${typeOf(field.type)}`
  })
  const doc = schema.doc === undefined ? '' : `/** ${schema.doc} */\n`
  const text = `${doc}export interface ${schema.name} {\n${fields.join('\n')}\n}`
  const known = interfaces.get(schema.name)
  if (known !== undefined && known !== text) throw new Error(`two different records have the name ${schema.name}`)
  interfaces.set(schema.name, text)
  return schema.name
}

const files = readdirSync(SCHEMAS)
  .filter((name) => name.endsWith('.avsc'))
  .toSorted()
const events = files.map((file) => {
  const name = declare(JSON.parse(readFileSync(new URL(file, SCHEMAS), 'utf8')) as RecordSchema)
  return `  readonly '${file.replace(/\.avsc$/, '')}': ${name}`
})
const text = `// Made by \`npm run generate\` from schemas/*.avsc. Do not edit.
import type { Decimal4, Decimal8 } from '../decimal.ts'

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMillis = number

${[...interfaces.values()].join('\n\n')}

/** The event type of each schema, by file name. */
export interface SchemaEvents {
${events.join('\n')}
}
`
generatedFile(OUTPUT, text)
