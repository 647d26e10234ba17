import type { QuantityForm } from '../quantities.ts'

type Signs = Pick<QuantityForm, 'decimal' | 'thousands'>

/** What the numbers of columns show of their signs. */
export interface SignsFound {
  /** Null: no number shows it. */
  readonly decimal: Signs['decimal'] | null
  readonly thousands: Signs['thousands'] | null
  /** A number that may mean two, such as `1.234`; null: there is none, or others show what it means. */
  readonly ambiguous: string | null
  /** Two numbers that contradict each other; null: there are none. */
  readonly conflict: readonly [string, string] | null
}

/** What one number says: its fraction and its thousands. */
interface Said {
  readonly decimal?: Signs['decimal']
  readonly thousands?: Signs['thousands']
}

const BLANK = /[ \u00a0\u202f]/
const GROUPS = /^-?\d{1,3}(?:([.,'’ \u00a0\u202f])\d{3})(?:\1\d{3})*(?:([.,])\d+)?$/
const FRACTION = /^-?\d+([.,])\d+$/

/** Whether the text is a number, whatever its signs. */
export function isNumber(text: string): boolean {
  return /^-?\d+$/.test(text) || FRACTION.test(text) || GROUPS.test(text)
}

/** Collects what numbers say, of which only the first of each kind is kept. */
export function signCollector() {
  const seen = new Map<string, { readonly said: Said; readonly text: string }>()
  let ambiguous: string | null = null
  return {
    note(text: string): void {
      const said = saidBy(text)
      if (said === null) return
      if (said === 'ambiguous') ambiguous ??= text
      else seen.set(JSON.stringify(said), seen.get(JSON.stringify(said)) ?? { said, text })
    },
    found(): SignsFound {
      const all = [...seen.values()]
      const decimals = firsts(all, ({ decimal }) => decimal)
      const thousands = firsts(all, ({ thousands: sign }) => sign)
      const [decimal = null] = decimals.keys()
      const [sign = null] = thousands.keys()
      return {
        ...completed(decimal, sign, ambiguous),
        conflict: conflictOf(decimals) ?? conflictOf(thousands) ?? bothOf(decimals, thousands),
      }
    },
  }
}

/** Null: it has no sign. */
function saidBy(text: string): Said | 'ambiguous' | null {
  const [, group, fraction] = GROUPS.exec(text) ?? []
  if (group !== undefined) {
    const isSure = fraction !== undefined || !/[.,]/.test(group) || text.split(group).length > 2
    if (!isSure) return /^-?0/.test(text) ? { decimal: group as Signs['decimal'] } : 'ambiguous'
    const thousands = BLANK.test(group) ? 'space' : group === '’' ? "'" : (group as Signs['thousands'])
    return fraction === undefined ? { thousands } : { thousands, decimal: fraction as Signs['decimal'] }
  }
  const [, sign] = FRACTION.exec(text) ?? []
  return sign === undefined ? null : { decimal: sign as Signs['decimal'] }
}

/** One sign can't be both, so one that is known may show what an ambiguous number means. */
function completed(
  decimal: SignsFound['decimal'],
  thousands: SignsFound['thousands'],
  ambiguous: string | null,
): Omit<SignsFound, 'conflict'> {
  const inNumber = ambiguous === null ? null : ambiguous.includes('.') ? '.' : ','
  if (inNumber === null) return { decimal, thousands, ambiguous }
  if (decimal !== null && decimal !== inNumber) return { decimal, thousands: thousands ?? inNumber, ambiguous: null }
  if (thousands !== null && thousands !== inNumber) return { decimal: decimal ?? inNumber, thousands, ambiguous: null }
  const isKnown = decimal === inNumber || thousands === inNumber
  return { decimal, thousands, ambiguous: isKnown ? null : ambiguous }
}

interface Seen {
  readonly said: Said
  readonly text: string
}

function firsts<T extends string>(all: readonly Seen[], pick: (said: Said) => T | undefined): ReadonlyMap<T, string> {
  const found = new Map<T, string>()
  for (const { said, text } of all) {
    const sign = pick(said)
    if (sign !== undefined && !found.has(sign)) found.set(sign, text)
  }
  return found
}

function conflictOf(texts: ReadonlyMap<string, string>): readonly [string, string] | null {
  const [one, other] = texts.values()
  return one === undefined || other === undefined ? null : [one, other]
}

function bothOf(
  decimals: ReadonlyMap<string, string>,
  thousands: ReadonlyMap<string, string>,
): readonly [string, string] | null {
  for (const [sign, text] of decimals) {
    const other = thousands.get(sign)
    if (other !== undefined) return [text, other]
  }
  return null
}
