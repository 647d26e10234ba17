/** Digits that a spreadsheet keeps of a number. */
const KEPT_DIGITS = 15

/**
 * A stored number as a spreadsheet shows it: files have the nearest binary fraction (`19.989999999999998`), of which 15
 * digits count. Null: it is no number.
 */
export function shownNumber(stored: string): string | null {
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d{1,3})?$/i.test(stored)) return null
  const number = Number(stored)
  if (!Number.isFinite(number)) return null
  return withoutExponent(number.toPrecision(KEPT_DIGITS))
}

/** Whether a spreadsheet may have cut off digits of a shown number. */
export function hasLostDigits(shown: string): boolean {
  const [whole = ''] = shown.replace('-', '').split('.')
  return whole.length > KEPT_DIGITS
}

/** `1.5e+3` becomes `1500`; zeros at the end of a fraction are left out. */
function withoutExponent(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? []
  const point = whole.length + Number(exponent)
  const digits = whole + fraction
  const padded = point <= 0 ? '0'.repeat(1 - point) + digits : digits.padEnd(point, '0')
  const at = Math.max(point, 1)
  const rest = padded.slice(at).replace(/0+$/, '')
  const all = rest === '' ? padded.slice(0, at) : `${padded.slice(0, at)}.${rest}`
  return /[1-9]/.test(all) ? sign + all : '0'
}

const DAY_MS = 86_400_000
/** The last day of the year 9999. */
const LAST_DAY = 2_958_465

/** `2026-11-30`, with `T14:30:00` if it has a time; null: it is no date. Days are numbers from 1900 or 1904 on. */
export function shownDate(stored: string, isFrom1904: boolean): string | null {
  const days = Number(stored)
  // Day 60 is 1900-02-29, which never was; below 1 there are only times.
  if (!Number.isFinite(days) || days < 0 || days > LAST_DAY || (!isFrom1904 && (days < 1 || Math.floor(days) === 60))) {
    return null
  }
  const first = isFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30)
  const time = new Date(first + Math.round(days * 86_400) * (DAY_MS / 86_400)).toISOString()
  return time.endsWith('T00:00:00.000Z') ? time.slice(0, 10) : time.slice(0, 19)
}
