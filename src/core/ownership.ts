import type { Connection } from './model.ts'

const compiled = new Map<string, RegExp>()

/** Whether the SKU is the vendor's: the connection's pattern is found somewhere in it. */
export function ownsLine(connection: Pick<Connection, 'ownership'>, sku: string): boolean {
  const { skuPattern } = connection.ownership
  let pattern = compiled.get(skuPattern)
  if (pattern === undefined) {
    pattern = new RegExp(skuPattern)
    compiled.set(skuPattern, pattern)
  }
  return pattern.test(sku)
}
