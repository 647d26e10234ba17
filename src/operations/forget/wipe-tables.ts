import { FORGOTTEN } from '../../events/forgotten.ts'
import { keyIn } from '../../platform/dynamodb/table-keys.ts'
import type { Item, TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'

/** Result of the search of a table. */
export interface InTable {
  readonly table: string
  readonly rows: number
  /** Rows with a text of the person, also inside bytes. */
  readonly found: number
}

/** Bytes stored as base64 text; shorter texts are names and ids. */
const BASE64 = /^[A-Za-z0-9+/]{40,}={0,2}$/

/** Texts that identify a person in the rows of a table, in lower case. */
export type TextsIn = (definition: TableDefinition) => readonly string[]

/** Counts rows with one of the texts in any attribute, and calls `onFound` for each. */
export async function lookThroughTables(
  tables: Tables,
  definitions: readonly TableDefinition[],
  textsIn: TextsIn,
  onFound: (definition: TableDefinition, item: Item) => Promise<void> = async () => undefined,
): Promise<readonly InTable[]> {
  const looked: InTable[] = []
  for (const definition of definitions) {
    let [rows, found] = [0, 0]
    const texts = textsIn(definition)
    for await (const page of tables.scan(definition.name)) {
      rows += page.length
      for (const item of page) {
        if (!has(item, texts)) continue
        found += 1
        await onFound(definition, item)
      }
    }
    looked.push({ table: definition.name, rows, found })
  }
  return looked
}

/** Replaces the texts everywhere in a row. Bytes that contain one of them are replaced by the result of `ofBytes`. */
export async function wipeRow(
  tables: Tables,
  definition: TableDefinition,
  item: Item,
  texts: readonly string[],
  ofBytes: (item: Item, bytes: Buffer) => Promise<Buffer>,
): Promise<void> {
  const { name, partitionKey } = definition
  const key = keyIn(definition, item)
  const set: Record<string, unknown> = {}
  for (const [attribute, value] of Object.entries(item)) {
    if (!(attribute in key) && has(value, texts)) set[attribute] = await wiped(item, value, texts, ofBytes)
  }
  // Does not recreate a row that was removed meanwhile.
  if (Object.keys(set).length > 0) await tables.update(name, key, { set }, { present: partitionKey })
}

/** For a table whose rows contain only data of one person. */
export async function removeRow(tables: Tables, definition: TableDefinition, item: Item): Promise<void> {
  await tables.delete(definition.name, keyIn(definition, item))
}

function has(value: unknown, texts: readonly string[]): boolean {
  if (typeof value === 'string')
    return hasText(value, texts) || (BASE64.test(value) && hasText(fromBase64(value), texts))
  if (value instanceof Uint8Array) return hasText(Buffer.from(value).toString('utf8'), texts)
  return typeof value === 'object' && value !== null && Object.values(value).some((one) => has(one, texts))
}

async function wiped(
  item: Item,
  value: unknown,
  texts: readonly string[],
  ofBytes: (item: Item, bytes: Buffer) => Promise<Buffer>,
): Promise<unknown> {
  if (typeof value === 'string') {
    if (hasText(value, texts)) return texts.reduce(replaced, value)
    if (!has(value, texts)) return value
    return (await ofBytes(item, Buffer.from(value, 'base64'))).toString('base64')
  }
  if (value instanceof Uint8Array) return has(value, texts) ? await ofBytes(item, Buffer.from(value)) : value
  if (Array.isArray(value)) return await Promise.all(value.map((one) => wiped(item, one, texts, ofBytes)))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(async ([name, one]) => [name, await wiped(item, one, texts, ofBytes)])
  return Object.fromEntries(await Promise.all(entries))
}

function replaced(text: string, said: string): string {
  return text.replace(new RegExp(RegExp.escape(said), 'giu'), FORGOTTEN)
}

function hasText(text: string, texts: readonly string[]): boolean {
  const lower = text.toLowerCase()
  return texts.some((one) => lower.includes(one))
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8')
}
