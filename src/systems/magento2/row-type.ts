import { textOf, type Wire } from '../kit/wire.ts'

/**
 * The type of an order's row. A separate field marks rows that Magento never ships: a configurable with a virtual
 * variant, a gift card sent by e-mail. For a bundle, the parts decide.
 */
export function rowType(item: Wire): string {
  const type = textOf(item['product_type']) ?? 'simple'
  const isVirtual = ['1', 'true'].includes(textOf(item['is_virtual']) ?? '')
  return isVirtual && type !== 'bundle' && type !== 'downloadable' ? 'virtual' : type
}
