/**
 * Checks schemas/ on its own: the schemas parse, repeat shared records identically, are complete, and use only two
 * decimal types.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { topics } from '../src/events/topics.ts'
import { typeOf } from '../src/platform/registry/logical-types.ts'

const SCHEMAS = new URL('../schemas/', import.meta.url)
/** Money, and everything else: precision, scale. */
const DECIMALS: readonly string[] = ['19,4', '28,8']

const mistakes: string[] = []
const records = new Map<string, { readonly text: string; readonly file: string }>()

function visit(node: unknown, file: string): void {
  if (Array.isArray(node)) {
    for (const one of node) visit(one, file)
    return
  }
  if (typeof node !== 'object' || node === null) return
  const schema = node as Readonly<Record<string, unknown>>
  if (schema['type'] === 'record') checkRecord(schema, file)
  if (schema['logicalType'] === 'decimal') {
    const form = `${schema['precision']},${schema['scale']}`
    if (!DECIMALS.includes(form)) mistakes.push(`${file}: decimal(${form}) must be one of ${DECIMALS.join(' and ')}`)
  }
  for (const value of Object.values(schema)) visit(value, file)
}

function checkRecord(record: Readonly<Record<string, unknown>>, file: string): void {
  const name = String(record['name'])
  const { namespace: _namespace, ...content } = record
  const text = JSON.stringify(content)
  const known = records.get(name)
  if (known === undefined) records.set(name, { text, file })
  else if (known.text !== text) mistakes.push(`${file}: record ${name} differs from the one in ${known.file}`)
}

const files = readdirSync(SCHEMAS)
  .filter((name) => name.endsWith('.avsc'))
  .toSorted()
const wanted = topics.map(({ schema }) => `${schema}.avsc`)
for (const name of wanted) if (!files.includes(name)) mistakes.push(`${name} is missing`)
for (const file of files) {
  if (!wanted.includes(file)) mistakes.push(`${file} belongs to no topic`)
  try {
    const schema: unknown = JSON.parse(readFileSync(new URL(file, SCHEMAS), 'utf8'))
    typeOf(schema)
    visit(schema, file)
  } catch (error) {
    mistakes.push(`${file}: ${error instanceof Error ? error.message : error}`)
  }
}
for (const mistake of mistakes) console.error(mistake)
console.log(`${files.length} schemas checked, ${mistakes.length} mistakes`)
process.exitCode = mistakes.length === 0 ? 0 : 1
