/** Address of the page of an order. */
export function orderPath(source: string, number: string): string {
  return `/orders/${encodeURIComponent(source)}/${encodeURIComponent(number)}`
}
