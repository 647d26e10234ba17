import { type FileWords, fileCutShortError, fileError } from './file-errors.ts'
import { DEEPEST, LONGEST_ROW, MOST_VALUES } from './row-limits.ts'

/**
 * A JSON value. A number is `N`, made from its text, so that no digit is lost; by default it stays text. If an object
 * has a name twice, its value is a list of both values.
 */
export type JsonValue<N = never> =
  | string
  | boolean
  | null
  | N
  | readonly JsonValue<N>[]
  | { readonly [name: string]: JsonValue<N> }

/** Placeholder for a text around the rows that is too long to store. */
export const LONG_TEXT: JsonValue = Object.freeze({ 'text too long to show': true })

export interface JsonRow<N = never> {
  readonly value: JsonValue<N>
  /** Why the row is odd; its value is then null. Null: it is valid. */
  readonly odd: string | null
}

interface Container<N> {
  readonly isList: boolean
  /** Its path of names; null: in a list, in a row, or deeper than rows can be. */
  readonly path: readonly string[] | null
  /** Null: its content is not stored. */
  kept: JsonValue<N>[] | Record<string, JsonValue<N>> | null
  /** Names that occur several times. */
  repeated: Set<string> | null
  /** The name of the next value. */
  name: string
}

type Expected = 'value' | 'value or end' | 'name or end' | 'name' | 'colon' | 'comma or end' | 'nothing'

const VALUE_EXPECTED: ReadonlySet<Expected> = new Set<Expected>(['value', 'value or end'])
const NAME_EXPECTED: ReadonlySet<Expected> = new Set<Expected>(['name', 'name or end'])
/** Includes byte order marks, end marks and record separators (RFC 7464). */
const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\r', '\n', '\ufeff', '\x1a', '\0', '\x1e'])
const WORDS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }
const WORD_END = /[\s,:\]}[{"]/g
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LONGEST_WORD = 1000
const TEXT_END = /["\\]/g
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
/**
 * How much of the content around the rows is stored, to detect further pages; the depth of the rows is added to
 * `depth`.
 */
export const AROUND = { depth: 4, members: 200, text: 4000 }
/** No real document is nested deeper. */
const DEEPEST_DOCUMENT = 1000

/**
 * Streaming JSON reader that holds one row at a time: the members of the list at a path of names, or the document
 * itself if the path is null. Accepts line breaks within texts. Runs in linear time.
 */
export class JsonReader<N = never> {
  readonly #path: readonly string[] | null
  readonly #words: FileWords
  readonly #numberOf: (text: string) => N | string
  /** The part of an incomplete token read so far. */
  #rest = ''
  /** Parts of the text being read; null: none. */
  #text: { parts: string[]; size: number } | null = null
  #expected: Expected = 'value'
  readonly #open: Container<N>[] = []
  #rows: JsonRow<N>[] = []
  /** Number of open containers around a row; null: not within the list of rows. */
  #rowsAt: number | null
  #row: { values: number; readonly from: number; odd: string | null } | null = null
  /** Position of the current character. */
  #place = 0
  #rowValue: JsonValue<N> = null
  #found = false
  #around: JsonValue<N> = null

  constructor(path: readonly string[] | null, words: FileWords, numberOf: (text: string) => N | string = plainText) {
    this.#path = path
    this.#words = words
    this.#numberOf = numberOf
    this.#rowsAt = path === null ? 0 : null
  }

  /** Whether the path led to a list. */
  get found(): boolean {
    return this.#found
  }

  /** The content around the rows, up to the limits of `AROUND`. */
  get around(): JsonValue<N> {
    return this.#around
  }

  take(): JsonRow<N>[] {
    return this.#rows.splice(0)
  }

  /** Throws `source_data_invalid` for invalid JSON. */
  write(chunk: string): void {
    const text = this.#rest + chunk
    const before = this.#place
    let at = 0
    while (at < text.length) {
      this.#place = before + at
      const next = this.#text === null ? this.#goToken(text, at) : this.#goText(text, at, this.#text)
      if (next === null) break
      at = next
    }
    this.#rest = text.slice(at)
    this.#place = before + at
  }

  /** Throws `source_data_invalid` for incomplete JSON. */
  end(): void {
    if (this.#text === null) this.write(' ')
    if (this.#expected !== 'nothing') throw this.#error('it ends too early')
  }

  #error(what: string): Error {
    return fileCutShortError(this.#words, `it is not complete JSON: ${what} (character ${this.#place + 1})`)
  }

  /** The end of a token; null: it is incomplete. */
  #goToken(text: string, at: number): number | null {
    const character = text.charAt(at)
    if (BLANKS.has(character)) return at + 1
    if (this.#expected === 'nothing') {
      const setting = `settings.${this.#words.formatSetting ?? 'format'}`
      const hint = `for JSON Lines, set ${setting} to jsonl`
      throw fileError(this.#words, `it has several JSON documents, one after the other; ${hint}`, setting)
    }
    switch (character) {
      case '"':
        return this.#beginText(at)
      case '{':
      case '[':
        this.#begin(character === '[')
        return at + 1
      case '}':
      case ']':
        this.#close(character === ']')
        return at + 1
      case ':':
        this.#expect(this.#expected === 'colon', 'a colon')
        this.#expected = 'value'
        return at + 1
      case ',':
        this.#expect(this.#expected === 'comma or end', 'a comma')
        this.#expected = this.#open.at(-1)?.isList === true ? 'value' : 'name'
        return at + 1
      default:
        return this.#goWord(text, at)
    }
  }

  #expect(isExpected: boolean, what: string): void {
    if (!isExpected) throw this.#error(`${what} is in the wrong place`)
  }

  #goWord(text: string, at: number): number | null {
    WORD_END.lastIndex = at
    const end = WORD_END.exec(text)?.index ?? -1
    if (end === -1 && text.length - at <= LONGEST_WORD) return null
    const word = text.slice(at, end === -1 ? at + LONGEST_WORD + 1 : end)
    const isNumber = word.length <= LONGEST_WORD && NUMBER.test(word)
    if (!isNumber && !Object.hasOwn(WORDS, word)) throw this.#error(`"${word.slice(0, 20)}" is not a value`)
    this.#expect(VALUE_EXPECTED.has(this.#expected), 'a value')
    this.#beginRow()
    this.#add(isNumber ? this.#numberOf(word) : (WORDS[word] ?? null))
    this.#endValue()
    return at + word.length
  }

  #beginText(at: number): number {
    const isValue = VALUE_EXPECTED.has(this.#expected)
    this.#expect(isValue || NAME_EXPECTED.has(this.#expected), 'a text')
    if (isValue) this.#beginRow()
    this.#text = { parts: [], size: 0 }
    return at + 1
  }

  #goText(text: string, at: number, open: { parts: string[]; size: number }): number | null {
    TEXT_END.lastIndex = at
    const end = TEXT_END.exec(text)?.index ?? text.length
    if (end > at) {
      this.#keepText(open, text.slice(at, end))
      return end
    }
    if (text[at] === '"') {
      this.#text = null
      this.#endText(open)
      return at + 1
    }
    const kind = text[at + 1]
    const size = kind === 'u' ? 6 : 2
    if (text.length - at < size) return null
    const digits = text.slice(at + 2, at + 6)
    const character = kind !== 'u' ? ESCAPES[kind ?? ''] : /^[\da-f]{4}$/i.test(digits) ? fromDigits(digits) : undefined
    if (character === undefined) throw this.#error('a backslash is not followed by an escape')
    this.#keepText(open, character)
    return at + size
  }

  #keepText(open: { parts: string[]; size: number }, part: string): void {
    open.size += part.length
    const row = this.#row
    if (row === null ? open.size <= AROUND.text : row.odd === null) open.parts.push(part)
    if (row !== null && this.#place + part.length - row.from > LONGEST_ROW) this.#markOdd(TOO_LONG)
  }

  #endText({ parts, size }: { readonly parts: readonly string[]; readonly size: number }): void {
    const text = parts.join('')
    if (NAME_EXPECTED.has(this.#expected)) {
      const innermost = this.#open.at(-1)
      if (innermost !== undefined) innermost.name = text
      this.#expected = 'colon'
      return
    }
    this.#add(this.#row === null && size > AROUND.text ? LONG_TEXT : text)
    this.#endValue()
  }

  /** A value begins; it is a row if its container is the list of rows. */
  #beginRow(): void {
    if (this.#open.length === this.#rowsAt) this.#row = { values: 0, from: this.#place, odd: null }
  }

  #begin(isList: boolean): void {
    this.#expect(VALUE_EXPECTED.has(this.#expected), isList ? 'a list' : 'an object')
    if (this.#open.length === DEEPEST_DOCUMENT) {
      throw fileError(this.#words, `it is nested deeper than ${DEEPEST_DOCUMENT} levels`)
    }
    this.#beginRow()
    const path = this.#row === null ? this.#pathOfNext() : null
    const isRows = isList && path !== null && this.#path !== null && path.join('\0') === this.#path.join('\0')
    const kept =
      isRows || !this.#keepsNext() ? null : isList ? [] : (Object.create(null) as Record<string, JsonValue<N>>)
    this.#add(kept)
    this.#open.push({ isList, path, kept, repeated: null, name: '' })
    if (this.#row !== null && this.#open.length - (this.#rowsAt ?? 0) > DEEPEST) {
      this.#markOdd(`is nested deeper than ${DEEPEST} levels`)
    }
    if (isRows) {
      this.#found = true
      this.#rowsAt = this.#open.length
    }
    this.#expected = isList ? 'value or end' : 'name or end'
  }

  #pathOfNext(): readonly string[] | null {
    const parent = this.#open.at(-1)
    if (parent === undefined) return []
    if (parent.path === null || parent.isList || parent.path.length > AROUND.depth + (this.#path?.length ?? 0))
      return null
    return [...parent.path, parent.name]
  }

  #keepsNext(): boolean {
    if (this.#row !== null) return this.#row.odd === null
    return this.#open.length < AROUND.depth + (this.#path?.length ?? 0)
  }

  #close(isList: boolean): void {
    const closed = this.#open.at(-1)
    const isEnd = this.#expected === 'comma or end' || this.#expected === (isList ? 'value or end' : 'name or end')
    this.#expect(isEnd && closed?.isList === isList, `a closing ${isList ? ']' : '}'}`)
    this.#open.pop()
    if (this.#row === null && this.#rowsAt === this.#open.length + 1) this.#rowsAt = null
    this.#endValue()
  }

  /** Adds a value to the innermost open container. */
  #add(value: JsonValue<N>): void {
    const row = this.#row
    if (row !== null) {
      row.values += 1
      if (row.values > MOST_VALUES) this.#markOdd(`has more than ${MOST_VALUES} values`)
      else if (this.#place - row.from > LONGEST_ROW) this.#markOdd(TOO_LONG)
    }
    const parent = this.#open.at(-1)
    if (parent === undefined || this.#open.length === this.#rowsAt) {
      if (row !== null) this.#rowValue = value
      else this.#around = value
      return
    }
    const { kept, name } = parent
    if (kept === null || (row === null && sizeOf(kept) >= AROUND.members)) return
    if (Array.isArray(kept)) kept.push(value)
    else if (!Object.hasOwn(kept, name)) kept[name] = value
    else if (parent.repeated?.has(name) === true) (kept[name] as JsonValue<N>[]).push(value)
    else {
      parent.repeated = (parent.repeated ?? new Set()).add(name)
      kept[name] = [kept[name] ?? null, value]
    }
  }

  #endValue(): void {
    if (this.#row !== null && this.#open.length === this.#rowsAt) {
      const { odd } = this.#row
      this.#rows.push({ value: odd === null ? this.#rowValue : null, odd })
      this.#row = null
      this.#rowValue = null
    }
    this.#expected = this.#open.length === 0 ? 'nothing' : 'comma or end'
  }

  #markOdd(odd: string): void {
    if (this.#row === null || this.#row.odd !== null) return
    this.#row.odd = odd
    for (const container of this.#open.slice(this.#rowsAt ?? 0)) container.kept = null
  }
}

const plainText = (text: string): string => text

const TOO_LONG = `is longer than ${LONGEST_ROW} characters`

function fromDigits(digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 16))
}

function sizeOf(kept: object): number {
  return Array.isArray(kept) ? kept.length : Object.keys(kept).length
}
