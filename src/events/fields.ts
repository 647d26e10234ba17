export type Fields = Readonly<Record<string, unknown>>

/** Whether a value is a map, not a list or text. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
