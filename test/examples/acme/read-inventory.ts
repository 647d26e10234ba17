import type { Read } from '../../../src/configuration/model.ts'
import { ZERO8 } from '../../../src/events/decimal.ts'
import type { LocationStock } from '../../../src/events/generated/events.ts'
import type { Clock } from '../../../src/platform/clock.ts'
import { stringifyExact } from '../../../src/platform/json.ts'
import { type KeysetSource, keysetPages } from '../../../src/systems/kit/keyset-pages.ts'
import { readRows } from '../../../src/systems/kit/read-rows.ts'
import { requireSku, skuKey } from '../../../src/systems/kit/sku.ts'
import type { ReadEntity, ReadWindow, SourceReader, WindowRow } from '../../../src/systems/kit/source.ts'
import { attributesOf, quantityOf, requireText, textOf, type Wire, wiresOf } from '../../../src/systems/kit/wire.ts'
import type { AcmeClient } from './client.ts'

const WAREHOUSE = new Set(['code', 'on_hand', 'available'])

/** Acme's stock by (`changed_at`, `id`), oldest first. An item with one changed warehouse comes with all of them. */
export function readAcmeInventory(client: AcmeClient, read: Read, clock: Clock): SourceReader<'inventory'> {
  const now = () => clock.now()
  return {
    name: 'acme.inventory',
    entity: 'inventory',
    async *read(window, after, signal) {
      const source = stockOf(client, window, read.pageSize, signal)
      for await (const { rows, reached, requestedAt } of keysetPages(source, after, now)) {
        yield { ...readRows(rows, stockKey, toEntity), rows: rows.map(windowRow), reached, requestedAt }
      }
    },
    // Lists the window after it was paged: rows that were not read are read again (Guarantee 6).
    async *list(window, signal) {
      const source = stockOf(client, window, 500, signal)
      for await (const { rows } of keysetPages(source, null, now)) yield rows.map(windowRow)
    },
  }
}

function stockOf(client: AcmeClient, window: ReadWindow, pageSize: number, signal: AbortSignal): KeysetSource<Wire> {
  const from = window.from === null ? {} : { changed_from: new Date(window.from).toISOString() }
  const whole = { changed_before: new Date(window.to).toISOString(), limit: String(pageSize) }
  return {
    ties: ({ changedAt, id }) => client.stock({ ...whole, changed_at: changedAt, id_above: id }, signal),
    later: (last) => client.stock({ ...whole, ...(last === null ? from : { changed_after: last.changedAt }) }, signal),
    keyOf: (row) => ({ changedAt: requireText(row, 'changed_at'), id: requireText(row, 'id') }),
  }
}

/** Throws for a row that can't be read: it becomes a dead letter, and the others proceed (Guarantee 5). */
function toEntity(row: Wire): ReadEntity<'inventory'> {
  const sku = requireSku(row, 'sku')
  const locations = wiresOf(row['warehouses']).map((warehouse): LocationStock => {
    const quantity = (name: string) => quantityOf(warehouse, name, 'warehouses.') ?? ZERO8
    return {
      location: requireText(warehouse, 'code', 'warehouses.'),
      onHand: quantity('on_hand'),
      available: quantity('available'),
      attributes: attributesOf(warehouse, WAREHOUSE),
    }
  })
  const data = { sku, locations, attributes: {} }
  const occurredAt = Date.parse(requireText(row, 'changed_at'))
  return { key: sku, occurredAt, deleted: false, data, raw: stringifyExact(row) }
}

function stockKey(row: Wire): string {
  return skuKey(row['sku']) ?? `id ${textOf(row['id'])}`
}

function windowRow(row: Wire): WindowRow {
  return { key: stockKey(row), changedAt: textOf(row['changed_at']) ?? '' }
}
