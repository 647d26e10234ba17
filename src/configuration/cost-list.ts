import { CsvError, parse } from 'csv-parse/sync'
import { decimal8 } from '../events/decimal.ts'
import { type FolderValue, noFolderValue } from './folder-values.ts'

/** A cost list in a document: costs by SKU, or the name of a CSV file beside the documents. */
export type GivenCosts = Readonly<Record<string, string | number>> | string

/** Costs by SKU, or a mistake and its path within `costs`; an empty path means the whole list. */
export type Costs =
  | { readonly costs: Readonly<Record<string, string>> }
  | { readonly path: readonly string[]; readonly mistake: string }

/** Most characters of a stored list: a row of a table holds 400,000 bytes. */
const LONGEST = 250_000

/** The checked costs of a document. */
export async function costsOf(given: GivenCosts, lookUp: FolderValue): Promise<Costs> {
  const read = typeof given === 'string' ? await fromFile(given, lookUp) : Object.entries(given)
  if (typeof read === 'string') return { path: [], mistake: read }
  const costs: Record<string, string> = {}
  for (const [sku, value] of read) {
    const mistake = mistakeIn(sku, String(value), costs)
    if (mistake !== null) return { path: typeof given === 'string' ? [] : [sku], mistake }
    costs[sku] = String(value)
  }
  if (JSON.stringify(costs).length <= LONGEST) return { costs }
  return {
    path: [],
    mistake: `is longer than ${LONGEST} characters; let the ERP price the orders (prices: priceLevel)`,
  }
}

function mistakeIn(sku: string, value: string, known: Readonly<Record<string, string>>): string | null {
  if (sku === '' || sku !== sku.trim()) return `has the SKU "${sku}"; SKUs are not empty, without spaces around them`
  if (Object.hasOwn(known, sku)) return `has ${sku} twice; keep one price`
  try {
    return decimal8(value, sku) < 0n ? `has ${value} for ${sku}; a price is not below 0` : null
  } catch {
    return `has ${JSON.stringify(value)} for ${sku}; a price is a decimal number of at most 8 places, such as 12.50`
  }
}

type Entry = readonly [sku: string, value: string]

/** `costs.csv`, or `file:costs.csv` as in other places. */
async function fromFile(given: string, lookUp: FolderValue): Promise<readonly Entry[] | string> {
  if (lookUp === noFolderValue) return 'names a file, but there is no folder here; give the costs by SKU'
  const name = given.replace(/^file:/, '')
  if (!/\.csv$/i.test(name)) {
    return `names "${given}"; name a CSV file of the configuration's folder, such as costs.csv, or give the costs by SKU`
  }
  const read = await lookUp(`file:${name}`)
  return 'mistake' in read ? `names ${name}: ${read.mistake}` : entriesOf(name, read.value)
}

const FORMAT = {
  bom: true,
  delimiter: [',', ';', '\t'],
  trim: true,
  relax_quotes: true,
  relax_column_count: true,
  skip_empty_lines: true,
  info: true,
}

/** Two columns, SKU and price, separated by commas, semicolons or tabs; the first row may name them. */
function entriesOf(name: string, text: string): readonly Entry[] | string {
  const noRow = (line: number) => `names ${name}, whose line ${line} is not a SKU and price, such as WLD-1,12.50`
  const rows = rowsOf(text)
  if ('wrongLine' in rows) return noRow(rows.wrongLine)
  const entries: Entry[] = []
  for (const [index, { record, info }] of rows.entries()) {
    const [sku = '', value, ...more] = record
    if (value === undefined || more.length > 0 || /[\r\n]/.test(sku)) return noRow(info.lines)
    if (index === 0 && !/\d/.test(value)) continue
    entries.push([sku, value])
  }
  return entries.length === 0 ? `names ${name}, which has no price` : entries
}

interface Row {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function rowsOf(text: string): readonly Row[] | { readonly wrongLine: number } {
  try {
    return parse(text, FORMAT) as unknown as readonly Row[]
  } catch (error) {
    if (error instanceof CsvError) return { wrongLine: Number(error['lines'] ?? 1) }
    throw error
  }
}
