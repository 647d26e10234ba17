/** Path of a text, for example `attributes.description` or `lines[2].name`, and its length in bytes. */
export interface PlacedText {
  readonly path: string
  readonly bytes: number
}

/** The longest text in an entity's data; null: it has no text. */
export function largestText(value: unknown, path = ''): PlacedText | null {
  if (typeof value === 'string') return { path, bytes: Buffer.byteLength(value) }
  if (typeof value !== 'object' || value === null) return null
  const isList = Array.isArray(value)
  let largest: PlacedText | null = null
  for (const [name, one] of Object.entries(value)) {
    const found = largestText(one, isList ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`)
    if (found !== null && (largest === null || found.bytes > largest.bytes)) largest = found
  }
  return largest
}
