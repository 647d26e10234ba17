import type { KnownState } from '../../rules/regions.ts'
import { textOf } from '../kit/wire.ts'
import type { SuiteQl } from './suiteql.ts'

const QUERY = 'SELECT state.shortname, state.fullname FROM state WHERE state.country = ? ORDER BY state.shortname'

/**
 * The account's states of a country (_Setup › Company › States/Provinces/Counties_); none if the account accepts any
 * text as a state.
 */
export async function statesOf(
  client: Pick<SuiteQl, 'suiteqlAll'>,
  country: string,
  signal: AbortSignal,
): Promise<readonly KnownState[]> {
  const rows = await client.suiteqlAll(QUERY, [country], signal)
  return rows.flatMap((row) => {
    const code = textOf(row['shortname'])
    return code === null ? [] : [{ code, name: textOf(row['fullname']) ?? '' }]
  })
}
