/** The header `Link` to the next page of a URL: the same parameters with the new cursor. */
export function nextLink(url: string, cursor: string): string {
  const [path = '', query = ''] = url.split('?', 2)
  const next = new URLSearchParams(query)
  next.set('cursor', cursor)
  return `<${path}?${next}>; rel="next"`
}
