import { StreamError } from '../../errors.ts'

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/
const RFC_2822 = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:[+-]\d{4}|GMT|UTC?)$/

/**
 * Parses a time of BigCommerce to milliseconds UTC: RFC 2822 (v2) or ISO 8601 (v3), always with a zone. Throws
 * `time_invalid` with the field.
 */
export function fromBigCommerceTime(text: string, field: string): number {
  const time = RFC_2822.test(text) || ISO.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  const message = `${field}: "${text}" is not a time like "Mon, 02 Mar 2026 18:04:11 +0000" or "2026-03-02T18:04:11+00:00"`
  throw new StreamError('time_invalid', message, { field })
}

/**
 * Formats milliseconds UTC as whole seconds in ISO 8601, which filters accept and which sorts as text. Never only a
 * date.
 */
export function toBigCommerceTime(time: number): string {
  return `${new Date(Math.floor(time / 1000) * 1000).toISOString().slice(0, 19)}Z`
}
