import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type FormatValues, rowSource } from '../../src/systems/files/row-format.ts'

const usual: FormatValues = {
  format: 'csv',
  encoding: null,
  delimiter: ',',
  quote: '"',
  lastLineBreak: 'required',
  rows: null,
  sheet: null,
  fields: null,
  headLines: 0,
  zipped: null,
  numericKeys: 'refused',
}

/** The rows of a file, whose bytes come in pieces of this size. */
export async function rowsOfFile(
  content: string | Buffer,
  values: Partial<FormatValues>,
  needed: readonly string[] = ['sku', 'qty'],
  size = 5,
) {
  const bytes = Buffer.from(content)
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const source = rowSource({ ...usual, ...values }, 'inventory')
  const folder = mkdtempSync(join(tmpdir(), 'waldstream-rows-'))
  const path = join(folder, 'content')
  try {
    writeFileSync(path, bytes)
    const file = { open: () => Readable.from(pieces()) as AsyncIterable<Buffer>, path }
    return (await Array.fromAsync(source(file, `stock.${values.format ?? 'csv'}`, needed))).flat()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
