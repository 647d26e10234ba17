import { SapProblem } from './problems.ts'
import type { Entity } from './store.ts'

export type Predicate = (row: Readonly<Entity>) => boolean

type Token = { kind: 'word' | 'text' | 'number' | 'mark'; value: string }

const TOKEN = /\s*(?:(datetime)?'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w/]*)|([(),]))/y

/** Short values of enumerations, which filters accept as well as their names. */
const short: Readonly<Record<string, string>> = {
  tYES: 'Y',
  tNO: 'N',
  cCustomer: 'C',
  cSupplier: 'S',
  bost_Open: 'O',
  bost_Close: 'C',
}

const operators: Readonly<Record<string, (order: number) => boolean>> = {
  eq: (order) => order === 0,
  ne: (order) => order !== 0,
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
}

/**
 * A `$filter` as a predicate: comparisons, `and`, `or`, `not`, parentheses and text functions. Times compare by the
 * minute. `isKnown`: whether a property can be filtered by. @throws SapProblem
 */
export function parseFilter(text: string, isKnown: (name: string) => boolean): Predicate {
  const tokens = tokenize(text)
  const parser = new FilterParser(tokens, isKnown)
  return parser.whole()
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (match === null) throw invalid(`near '${text.slice(at, at + 20)}'`)
    const [, , literal, number, word, mark] = match
    if (literal !== undefined) tokens.push({ kind: 'text', value: literal.replaceAll("''", "'") })
    else if (number !== undefined) tokens.push({ kind: 'number', value: number })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word })
    else tokens.push({ kind: 'mark', value: mark ?? '' })
  }
  return tokens
}

class FilterParser {
  readonly #tokens: Token[]
  readonly #isKnown: (name: string) => boolean

  constructor(tokens: Token[], isKnown: (name: string) => boolean) {
    this.#tokens = tokens
    this.#isKnown = isKnown
  }

  whole(): Predicate {
    const predicate = this.#or()
    const [rest] = this.#tokens
    if (rest !== undefined) throw invalid(`at '${rest.value}'`)
    return predicate
  }

  #or(): Predicate {
    const left = this.#and()
    if (!this.#takes('or')) return left
    const right = this.#or()
    return (row) => left(row) || right(row)
  }

  #and(): Predicate {
    const left = this.#single()
    if (!this.#takes('and')) return left
    const right = this.#and()
    return (row) => left(row) && right(row)
  }

  #single(): Predicate {
    if (this.#takes('not')) {
      const inner = this.#single()
      return (row) => !inner(row)
    }
    if (this.#takes('(')) {
      const inner = this.#or()
      this.#expect(')')
      return inner
    }
    const name = this.#next('word')
    return this.#takes('(') ? this.#call(name) : this.#comparison(name)
  }

  #comparison(name: string): Predicate {
    this.#checkName(name)
    const operator = this.#next('word')
    const test = operators[operator]
    if (test === undefined) throw invalid(`at '${operator}'`)
    const literal = this.#tokens.shift()
    if (literal === undefined) throw invalid('at its end')
    if (literal.kind === 'word' && literal.value === 'null') {
      return (row) => ((row[name] ?? null) === null) === (operator === 'eq')
    }
    return (row) => {
      const order = compare(name, row[name] ?? null, literal.value)
      return order !== undefined && test(order)
    }
  }

  /** startswith(P,'x'), endswith(P,'x'), contains(P,'x'); substringof('x',P). */
  #call(called: string): Predicate {
    const first = this.#tokens.shift()
    this.#expect(',')
    const second = this.#tokens.shift()
    this.#expect(')')
    const [property, literal] = called === 'substringof' ? [second, first] : [first, second]
    if (property?.kind !== 'word' || literal?.kind !== 'text') throw invalid(`at '${called}'`)
    this.#checkName(property.value)
    const tests: Readonly<Record<string, (value: string) => boolean>> = {
      startswith: (value) => value.startsWith(literal.value),
      endswith: (value) => value.endsWith(literal.value),
      contains: (value) => value.includes(literal.value),
      substringof: (value) => value.includes(literal.value),
    }
    const test = tests[called]
    if (test === undefined) throw invalid(`at '${called}'`)
    return (row) => test(String(row[property.value] ?? ''))
  }

  #checkName(name: string): void {
    if (!this.#isKnown(name)) throw new SapProblem(400, -1000, `Property '${name}' of the collection is invalid`)
  }

  #takes(value: string): boolean {
    const [token] = this.#tokens
    if (token === undefined || token.kind === 'text' || token.value !== value) return false
    this.#tokens.shift()
    return true
  }

  #expect(value: string): void {
    if (!this.#takes(value)) throw invalid(`'${value}' is missing`)
  }

  #next(kind: Token['kind']): string {
    const token = this.#tokens.shift()
    if (token?.kind !== kind) throw invalid(`at '${token?.value ?? 'its end'}'`)
    return token.value
  }
}

/** Negative, zero or positive; undefined for null, which compares with nothing. */
function compare(name: string, value: unknown, literal: string): number | undefined {
  if (value === null) return undefined
  if (typeof value === 'number') return value - Number(literal)
  const text = String(value)
  if (/Date$|^ValidFrom$|^ValidTo$/.test(name)) return order(text.slice(0, 10), day(literal))
  if (/Time$/.test(name)) return order(text.slice(0, 5), minute(literal))
  return literal === short[text] ? 0 : order(text, literal)
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function day(literal: string): string {
  const digits = literal.slice(0, 10).replaceAll('-', '')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
}

function minute(literal: string): string {
  const digits = literal.replaceAll(':', '')
  return `${digits.slice(0, 2)}:${digits.slice(2, 4)}`
}

function invalid(where: string): SapProblem {
  return new SapProblem(400, 201, `Invalid query filter ${where}`)
}
