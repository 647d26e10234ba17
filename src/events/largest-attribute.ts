/** Name and bytes of the attribute that takes most of the room; null: there are none. */
export function largestAttribute(
  attributes: Readonly<Record<string, unknown>>,
): { name: string; bytes: number } | null {
  let largest: { name: string; bytes: number } | null = null
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    const bytes = Buffer.byteLength(text)
    if (largest === null || bytes > largest.bytes) largest = { name, bytes }
  }
  return largest
}
