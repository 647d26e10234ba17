/** The header `Link` to the next page of a URL: the same parameters with the new cursor. */
export function nextLink(url: string, cursor: string): string {
  // A query may have question marks of its own.
  const [path = ''] = url.split('?', 1)
  const next = new URLSearchParams(url.slice(path.length + 1))
  next.set('cursor', cursor)
  return `<${path}?${next}>; rel="next"`
}
