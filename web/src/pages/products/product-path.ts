export function productPath(connection: string, sku: string): string {
  return `/products/${encodeURIComponent(connection)}/${encodeURIComponent(sku)}`
}
