import { StreamError } from '../../errors.ts'
import { noteTexts, type Sink } from '../kit/sink.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { knownProducts, lettersNote } from './known-products.ts'
import { sourceItemsOf } from './stock.ts'

/**
 * Writes rows of the inventory feed as MSI source items with absolute levels, so a repeated write changes nothing.
 * Stock of a SKU that the shop does not have yet waits for its product (`item_missing`); a deleted row sets the stock
 * to zero.
 */
export function writeMagento2Inventory(
  client: Pick<Magento2Client, 'findProducts' | 'bulkWriter'>,
): Sink<'shop-inventory'> {
  const known = knownProducts(client)
  const write = client.bulkWriter('/inventory/source-items')
  return {
    kind: 'shop-inventory',
    naturalKey: true,
    sideBySide: 50,
    async probe(signal) {
      await known('waldstream-probe', signal)
    },
    async deliver({ deleted, data }, connection, signal) {
      const { sku } = data
      const sourceItems = sourceItemsOf(sku, deleted ? { locations: [] } : data, connection.stock)
      if (sourceItems.length === 0) return { outcome: 'unchanged', targetId: null }
      const product = await known(sku, signal)
      if (product === undefined) {
        if (deleted) return { outcome: 'unchanged', targetId: null }
        const message = `the shop has no product ${sku} (yet); create it or push products too; its stock follows then`
        throw new StreamError('item_missing', message, { field: 'data.sku' })
      }
      try {
        await write(`${connection.id}|${sku}`, { sourceItems }, signal)
      } catch (error) {
        throw unknownSourceError(error, sourceItems) ?? error
      }
      return { outcome: 'written', targetId: sku, ...noteTexts(lettersNote(sku, product)) }
    },
  }
}

/** Magento does not say which source is unknown; only its log does. Undefined: another error. */
function unknownSourceError(error: unknown, sourceItems: readonly Wire[]): StreamError | undefined {
  if (!(error instanceof StreamError && /Could not save Source Item/i.test(error.message))) return undefined
  const sources = sourceItems.map((item) => textOf(item['source_code'])).join(', ')
  const message = `${error.message} Check that the shop has the sources ${sources}, which come from stock.locations of the connection`
  return new StreamError(error.code, message, { cause: error, details: error.details, field: 'stock.locations' })
}
