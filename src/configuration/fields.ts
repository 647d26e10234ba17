export type Fields = Readonly<Record<string, unknown>>

/** Whether a value of a document is a map. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
