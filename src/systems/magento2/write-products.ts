import { noteTexts, type Sink } from '../kit/sink.ts'
import { textOf } from '../kit/wire.ts'
import type { Magento2Client } from './client.ts'
import { knownProducts, lettersNote } from './known-products.ts'
import { productBody } from './product-body.ts'
import type { Magento2Values } from './settings.ts'

const DISABLED = 2

/**
 * Writes rows of the products feed as the shop's products, by SKU. Fields that are not in the row stay unchanged. A
 * deleted row disables its product and never deletes it, because orders, links and texts of the shop refer to it.
 */
export function writeMagento2Products(
  client: Pick<Magento2Client, 'findProducts' | 'bulkWriter'>,
  { attributeSet }: Pick<Magento2Values, 'attributeSet'>,
): Sink<'shop-products'> {
  const known = knownProducts(client)
  const write = client.bulkWriter('/products')
  return {
    kind: 'shop-products',
    naturalKey: true,
    sideBySide: 50,
    async probe(signal) {
      await known('waldstream-probe', signal)
    },
    async deliver({ connection, deleted, data }, _connection, signal) {
      const { sku } = data
      const product = await known(sku, signal)
      if (deleted && (product === undefined || textOf(product['status']) === String(DISABLED))) {
        return { outcome: 'unchanged', targetId: product === undefined ? null : sku }
      }
      const body = deleted
        ? { product: { sku, status: DISABLED } }
        : productBody(data, product === undefined ? { attributeSet } : null)
      await write(`${connection}|${sku}`, body, signal)
      return { outcome: 'written', targetId: sku, ...noteTexts(lettersNote(sku, product)) }
    },
  }
}
