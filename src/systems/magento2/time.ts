import { StreamError } from '../../errors.ts'

/** Magento's 'YYYY-MM-DD HH:MM:SS', always UTC, as milliseconds. Throws `time_invalid`, naming the field. */
export function fromMagentoTime(text: string, field: string): number {
  const form = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
  const time = form ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN
  if (!Number.isNaN(time)) return time
  throw new StreamError('time_invalid', `${field}: "${text}" is not a time like 2026-03-02 18:04:11`, { field })
}

/** Milliseconds UTC in Magento's form, floored to its second. */
export function toMagentoTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ')
}
