import { StreamError } from '../../errors.ts'

/** Parses Magento's 'YYYY-MM-DD HH:MM:SS', always UTC, to milliseconds. Throws `time_invalid` with the field. */
export function fromMagentoTime(text: string, field: string): number {
  const form = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
  const time = form ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new StreamError('time_invalid', `${field}: "${text}" is not a time like 2026-03-02 18:04:11`, { field })
}

/** Formats milliseconds UTC in Magento's format, rounded down to the second. */
export function toMagentoTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ')
}
