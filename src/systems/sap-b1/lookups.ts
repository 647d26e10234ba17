import { StreamError } from '../../errors.ts'
import type { KnownState } from '../../rules/regions.ts'
import { requireText, textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { anyOf, quoted } from './odata.ts'

const PAGE = 500
/** Conditions of one filter: an address must not grow too long. */
const MOST_KEYS = 20
/** A full page may announce another where there is none: so none of these calls is full. */
const NEVER_FULL = MOST_KEYS + 1

/** Names by code of a small collection, whole. */
export async function namesByCode(
  client: SapB1Client,
  collection: string,
  [code, name]: readonly [code: string, name: string],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  for (let last: string | null = null; ; ) {
    const filter: string = last === null ? '' : `${code} gt ${last}`
    const query = { filter, select: [code, name], orderBy: [code], pageSize: PAGE }
    const { rows, more } = await client.find(collection, query, signal)
    for (const row of rows) found.set(requireText(row, code), textOf(row[name]) ?? requireText(row, code))
    const end = rows.at(-1)
    if (end === undefined || !(more || rows.length >= PAGE)) return found
    const reached = requireText(end, code)
    if (reached === last) throw new StreamError('source_data_invalid', `SAP gave ${collection} ${last} twice`)
    last = reached
  }
}

/** The entities with these keys; keys without one are left out. `literal`: the key as it stands in a filter. */
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
    if (more) throw new StreamError('source_data_invalid', `SAP gave more ${collection} than were asked for`)
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
