import { StreamError } from '../../errors.ts'
import { plainSku, skuProblem } from '../../events/sku.ts'
import { textOf, type Wire } from './wire.ts'

/**
 * A SKU as it is known everywhere, right or wrong; null: there is none. Lines of orders go by it: a placed order can't be
 * corrected, and a line is for its own vendor to judge (Guarantee 5).
 */
export function skuKey(value: unknown): string | null {
  const sku = plainSku(textOf(value) ?? '')
  return sku === '' ? null : sku
}

/** As `skuKey`, of a field. Throws `source_data_invalid`, naming it, for a SKU that can't be one. */
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
  throw new StreamError('value_missing', `${field} is missing; the source has to give it`, { field })
}
