import { StreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { skuKey } from '../kit/sku.ts'
import type { WindowRow } from '../kit/source.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { anyOf, quoted } from './odata.ts'

const KEYS_PAGE = 1000

/** Filter of items: a property that must be `tYES`, and the groups; null or empty: all groups. */
export function itemFilter(property: string, groups: readonly number[] | null): string {
  const sold = `${property} eq 'tYES'`
  return groups === null || groups.length === 0 ? sold : `${sold} and ${anyOf('ItemsGroupCode', groups)}`
}

/** As SAP has it, for its own filters; empty if there is none. */
export function itemCode(row: Wire): string {
  return textOf(row['ItemCode']) ?? ''
}

export function itemKey(row: Wire): string {
  return skuKey(row['ItemCode']) ?? 'without ItemCode'
}

/** The codes of all items that match the filter. */
export async function* itemKeys(
  client: SapB1Client,
  filter: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<readonly Pick<WindowRow, 'key'>[]> {
  const paging = { filter, select: ['ItemCode'], pageSize: KEYS_PAGE }
  for await (const { rows } of itemPages(client, paging, clock, null, signal)) {
    yield rows.map((row) => ({ key: itemKey(row) }))
  }
}

/** Items after a code, by code, in the server's own order of codes. */
export async function* itemPages(
  client: SapB1Client,
  paging: { readonly filter: string; readonly select: readonly string[]; readonly pageSize: number },
  clock: Clock,
  after: string | null,
  signal: AbortSignal,
) {
  for (let last = after; ; ) {
    const requestedAt = clock.now()
    const beyond = last === null ? '' : ` and ItemCode gt ${quoted(last)}`
    const query = { ...paging, filter: paging.filter + beyond, orderBy: ['ItemCode'] }
    const { rows, more } = await client.find('Items', query, signal)
    const end = rows.at(-1)
    if (end === undefined) return
    const id = itemCode(end)
    if (id === last) throw new StreamError('source_data_invalid', `SAP does not sort items by code: got ${id} twice`)
    last = id
    yield { rows, id, requestedAt }
    if (!more && rows.length < paging.pageSize) return
  }
}
