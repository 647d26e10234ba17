/**
 * Dates inside a running query: a marker that no text contains, then 'YYYY-MM-DD HH:MM:SS' on the account's clock.
 * Marked dates compare and sort among themselves; a date compared with plain text matches nothing.
 */
const mark = '\u0001'

export function markDate(local: string): string {
  return mark + local
}

/** 'YYYY-MM-DD HH:MM:SS' of a marked date; `undefined` for any other value. */
export function readDate(value: unknown): string | undefined {
  return typeof value === 'string' && value.startsWith(mark) ? value.slice(1) : undefined
}

/** How a date column is returned without TO_CHAR: the account's format M/D/YYYY, without the time. */
export function accountDate(local: string): string {
  const [year, month, day] = local.slice(0, 10).split('-')
  return `${Number(month)}/${Number(day)}/${year}`
}

const elements = /YYYY|MM|DD|HH24|HH12|HH|MI|SS|AM|PM|"[^"]*"|./gis

/** TO_CHAR of a date. @throws Error for an unsupported format element */
export function formatDate(local: string, format: string): string {
  const [year = '', month = '', day = '', hour = '', minute = '', second = ''] = local.split(/[- :]/)
  const hour12 = String(Number(hour) % 12 || 12).padStart(2, '0')
  const values: Record<string, string> = {
    YYYY: year,
    MM: month,
    DD: day,
    HH24: hour,
    HH12: hour12,
    HH: hour12,
    MI: minute,
    SS: second,
    AM: Number(hour) < 12 ? 'AM' : 'PM',
    PM: Number(hour) < 12 ? 'AM' : 'PM',
  }
  return (format.match(elements) ?? []).map((element) => values[element.toUpperCase()] ?? literal(element)).join('')
}

/** TO_DATE. The default format is the account's. @throws Error when the text does not match the format */
export function parseDate(text: string, format = 'MM/DD/YYYY'): string {
  const found: Record<string, number> = {}
  let rest = text.trim()
  const misfit = new Error(`Invalid date '${text}' for the format '${format}'.`)
  for (const element of format.match(elements) ?? []) {
    const name = element.toUpperCase()
    const width = { YYYY: 4, MM: 2, DD: 2, HH24: 2, HH12: 2, HH: 2, MI: 2, SS: 2 }[name]
    if (width === undefined) {
      const expected = literal(element)
      if (rest === '') continue
      if (!rest.startsWith(expected)) throw misfit
      rest = rest.slice(expected.length)
      continue
    }
    const digits = new RegExp(`^\\d{1,${width}}`).exec(rest)?.[0]
    if (digits === undefined && rest !== '') throw misfit
    if (digits !== undefined) found[name] = Number(digits)
    rest = rest.slice(digits?.length ?? 0)
  }
  if (rest !== '') throw misfit
  return checkedDate(found, text)
}

function checkedDate(found: Record<string, number>, text: string): string {
  const { YYYY: year, MM: month, DD: day } = found
  if (year === undefined || month === undefined || day === undefined) throw new Error(`Invalid date '${text}'.`)
  const time = [found['HH24'] ?? found['HH12'] ?? found['HH'] ?? 0, found['MI'] ?? 0, found['SS'] ?? 0] as const
  const moment = new Date(Date.UTC(year, month - 1, day, ...time))
  const local = moment.toISOString().slice(0, 19).replace('T', ' ')
  const two = (value: number) => String(value).padStart(2, '0')
  const expected = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ${time.map(two).join(':')}`
  if (local !== expected) throw new Error(`Invalid date '${text}'.`)
  return local
}

function literal(element: string): string {
  return element.startsWith('"') ? element.slice(1, -1) : element
}
