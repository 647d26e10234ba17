import { StreamError } from '../../errors.ts'
import { plainSku, skuProblem } from '../../events/sku.ts'
import { textOf, type Wire } from './wire.ts'

/**
 * Normalizes a SKU without validating it; null if there is none. Order lines use it: a placed order can't be corrected,
 * and each line is judged by its own vendor (Guarantee 5).
 */
export function skuKey(value: unknown): string | null {
  const sku = plainSku(textOf(value) ?? '')
  return sku === '' ? null : sku
}

/** As `skuKey`, for a field. Throws `source_data_invalid` with the field if the SKU is invalid. */
export function skuOf(wire: Wire, name: string, path = ''): string | null {
  const sku = skuKey(wire[name])
  const problem = sku === null ? null : skuProblem(sku)
  if (problem === null) return sku
  const field = path + name
  const message = `${field} ${JSON.stringify(sku?.slice(0, 100))} ${problem}; correct the SKU at the source`
  throw new StreamError('source_data_invalid', message, { field })
}

/** As `skuOf`; throws `value_missing` when there is none. */
export function requireSku(wire: Wire, name: string, path = ''): string {
  const sku = skuOf(wire, name, path)
  if (sku !== null) return sku
  const field = path + name
  throw new StreamError('value_missing', `${field} is missing; add it at the source`, { field })
}
