import { StreamError } from '../../errors.ts'
import type { KnownState } from '../../rules/regions.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { anyOf, quoted } from './odata.ts'

const PAGE = 500
/** Most conditions of one filter, to keep the URL short. */
const MOST_KEYS = 20
/** A full page may announce another one that does not exist; pages of this size are never full. */
const NEVER_FULL = MOST_KEYS + 1

/** Names by code of a whole, small collection. */
export async function namesByCode(
  client: SapB1Client,
  collection: string,
  [code, name]: readonly [code: string, name: string],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const rows = await rowsByCode(client, collection, [code, name], signal)
  return new Map([...rows].map(([key, row]) => [key, textOf(row[name]) ?? key]))
}

/** Rows by code of a whole, small collection; the first selected property is the code, a number. */
export async function rowsByCode(
  client: SapB1Client,
  collection: string,
  select: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Wire>> {
  const [code = ''] = select
  const found = new Map<string, Wire>()
  for (let last: string | null = null; ; ) {
    const filter: string = last === null ? '' : `${code} gt ${last}`
    const query = { filter, select, orderBy: [code], pageSize: PAGE }
    const { rows, more } = await client.find(collection, query, signal)
    for (const row of rows) found.set(requireText(row, code), row)
    const end = rows.at(-1)
    if (end === undefined || !(more || rows.length >= PAGE)) return found
    const reached = requireText(end, code)
    if (reached === last) throw new StreamError('source_data_invalid', `SAP returned ${collection} ${last} twice`)
    last = reached
  }
}

/** The entities with these keys; keys without one are left out. `literals`: the keys as a filter has them. */
export async function findByKeys(
  client: SapB1Client,
  collection: string,
  key: { readonly name: string; readonly literals: readonly string[]; readonly select: readonly string[] },
  signal: AbortSignal,
): Promise<readonly Wire[]> {
  const found: Wire[] = []
  const literals = [...new Set(key.literals)]
  for (let from = 0; from < literals.length; from += MOST_KEYS) {
    const query = {
      filter: anyOf(key.name, literals.slice(from, from + MOST_KEYS)),
      select: key.select,
      pageSize: NEVER_FULL,
    }
    const { rows, more } = await client.find(collection, query, signal)
    if (more) throw new StreamError('source_data_invalid', `SAP returned more ${collection} than requested`)
    found.push(...rows)
  }
  return found
}

/** The company's states of a country, by their codes. */
export async function statesOf(
  client: Pick<SapB1Client, 'find'>,
  country: string,
  signal: AbortSignal,
): Promise<readonly KnownState[]> {
  const found: KnownState[] = []
  for (;;) {
    const last = found.at(-1)
    const after = last === undefined ? '' : ` and Code gt ${quoted(last.code)}`
    const filter = `Country eq ${quoted(country)}${after}`
    const query = { filter, select: ['Code', 'Name'], orderBy: ['Code'], pageSize: PAGE }
    const { rows, more } = await client.find('States', query, signal)
    found.push(...rows.map((row) => ({ code: requireText(row, 'Code'), name: textOf(row['Name']) ?? '' })))
    if (rows.length === 0 || !(more || rows.length >= PAGE)) return found
  }
}
