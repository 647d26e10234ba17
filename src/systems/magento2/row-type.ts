import { textOf, type Wire } from '../kit/wire.ts'

/**
 * The type of an order's row. Magento says apart which rows it never ships: a configurable of which the variant is virtual, a gift
 * card that is sent by e-mail. A bundle is what its parts are.
 */
export function rowType(item: Wire): string {
  const type = textOf(item['product_type']) ?? 'simple'
  const isVirtual = ['1', 'true'].includes(textOf(item['is_virtual']) ?? '')
  return isVirtual && type !== 'bundle' && type !== 'downloadable' ? 'virtual' : type
}
