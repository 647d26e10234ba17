/** The header `Link` that leads to the next page of an address: the same parameters with the cursor. */
export function nextLink(url: string, cursor: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  return `<${path}?${next}>; rel="next"`
}
