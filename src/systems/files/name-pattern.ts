import { text, type ValueKind } from '../../configuration/setting.ts'

/** Parts of a date in a name, most significant first, and their number of digits. */
const DATE_PARTS = { yyyy: 4, MM: 2, dd: 2, HH: 2, mm: 2, ss: 2 } as const
type DatePart = keyof typeof DATE_PARTS

const TOKEN = /\{(\w+)\}|[*?]|[^{*?]+|\{/g

/** Names of files: `*` is any text, `?` any character, `{yyyy}`, `{MM}`, `{dd}`, `{HH}`, `{mm}`, `{ss}` parts of a date. */
export interface NamePattern {
  /**
   * Null: another name. Else the date in the name, as digits that sort by time; empty if the pattern has no date: the
   * files are then ordered by their modification time.
   */
  match(name: string): { readonly date: string } | null
  /** The only name that it matches; null: it matches several. */
  readonly onlyName: string | null
}

export const namePattern: ValueKind<NamePattern> = {
  ...text(),
  expected: 'a name of files such as stock-*.csv, without a folder and with dates from the year down',
  parse(given) {
    return typeof given === 'string' ? patternOf(given) : undefined
  },
}

/** Names of files with this end: `*.csv`. */
export function filesOf(ending: string): NamePattern {
  return { match: (name) => (name.endsWith(`.${ending}`) ? { date: '' } : null), onlyName: null }
}

/** Undefined: not a pattern. */
export function patternOf(pattern: string): NamePattern | undefined {
  if (pattern === '' || pattern.includes('/')) return undefined
  const parts: DatePart[] = []
  let source = ''
  for (const [token, name] of pattern.matchAll(TOKEN)) {
    if (token === '*') source += '.*'
    else if (token === '?') source += '.'
    else if (name === undefined) source += token.replace(/[\\^$.|+()[\]{}]/g, '\\$&')
    else if (isDatePart(name) && !parts.includes(name)) {
      parts.push(name)
      source += `(?<${name}>\\d{${DATE_PARTS[name]}})`
    } else return undefined
  }
  // Without a year, or with a gap, the digits would not sort by time.
  const order = Object.keys(DATE_PARTS).slice(0, parts.length)
  if (!order.every((part) => parts.some((one) => one === part))) return undefined
  const whole = new RegExp(`^${source}$`, 's')
  return {
    onlyName: parts.length > 0 || /[*?]/.test(pattern) ? null : pattern,
    match(name) {
      const found = whole.exec(name)
      return found === null ? null : { date: order.map((part) => found.groups?.[part] ?? '').join('') }
    },
  }
}

function isDatePart(name: string): name is DatePart {
  return Object.hasOwn(DATE_PARTS, name)
}
