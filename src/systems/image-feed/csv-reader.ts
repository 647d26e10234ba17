import { withoutEnd } from '../../platform/without-end.ts'
import { LONGEST_ROW } from '../kit/row-limits.ts'
import { feedCutShortError } from './record.ts'

/** Cells of one row as in the file. */
export interface CsvRow {
  /** Line where it begins. */
  readonly line: number
  readonly cells: readonly string[]
  /** Why the row is odd; `cells` are those before the odd part. Null: it is a valid row. */
  readonly odd: string | null
}

export interface CsvReaderOptions {
  /** Called for each row as soon as it is read: the first row is needed to judge the following ones. */
  onRow(row: CsvRow): void
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a lone carriage return ends a row with so many cells. */
  endsAtReturn(cells: number): boolean
  /** Whether a line of the file is a row by itself. */
  isRow(line: string): boolean
  /** Whether the first line of a multi-line quoted cell, with the text before it, is a row by itself. */
  isFirstRow(line: string, quotedCell: number): boolean
}

/** State of the cell being read; the text of a quoted cell is known only at its end. */
type State = 'start' | 'plain' | 'quoted' | 'closed' | 'skipped'

/** Limit of text read again after invalid quotes, as a multiple of all text read. */
const MOST_REREAD = 4
const REREAD_ALWAYS = 64 * 1024

/**
 * Streaming reader of CSV rows (RFC 4180, in the given dialect). Any line break ends a line. A row with invalid quotes
 * is odd, as is a row with a quoted cell that contains other rows; reading continues with the next line as if the odd
 * row did not exist. A quote inside an unquoted cell is an ordinary character (inches). Runs in linear time.
 */
export class CsvReader {
  /** Text from the start of the current row. */
  #text = ''
  #ended = false
  #state: State = 'start'
  #line = 1
  /** Line breaks in the current row so far. */
  #breaks = 0
  #cells: string[] = []
  /** Start of the cell, and its text read before. */
  #cellFrom = 0
  #cellBefore = ''
  /** Everything before this position was read. */
  #at = 0
  /** Start of the current line in a quoted cell; null: its first line. */
  #lineFrom: number | null = null
  #read = 0
  #reread = 0
  readonly #options: CsvReaderOptions
  readonly #special: RegExp

  constructor(options: CsvReaderOptions) {
    this.#options = options
    this.#special = new RegExp(`[${options.delimiter.replace(/[\\\]^-]/g, '\\$&')}\r\n]`, 'g')
  }

  write(text: string): void {
    this.#read += text.length
    this.#text += text
    this.#go()
  }

  /** Whether the text ended with a line break or an end mark (^Z). Throws `source_data_invalid` for an open quote. */
  end(): boolean {
    const text = withoutEnd(this.#text, END_MARKS)
    const marked = text.length < this.#text.length
    this.#text = text
    this.#ended = true
    this.#at = Math.min(this.#at, text.length)
    this.#go()
    if (this.#state === 'quoted') throw feedCutShortError(`a quote that opens in line ${this.#line} is not closed`)
    if (this.#state === 'skipped') return marked
    if (this.#cells.length === 0 && this.#state !== 'closed' && this.#text.trim() === '') return true
    this.#cells.push(this.#state === 'closed' ? this.#cellBefore : this.#text.slice(this.#cellFrom))
    this.#endRow(this.#text.length)
    return marked
  }

  #go(): void {
    while (this.#step() || this.#isTooLong());
  }

  #isTooLong(): boolean {
    return this.#at >= LONGEST_ROW && this.#markOdd(`is longer than ${LONGEST_ROW} characters`)
  }

  /** False: more text is needed. */
  #step(): boolean {
    switch (this.#state) {
      case 'start':
        return this.#begin()
      case 'plain':
        return this.#goPlain()
      case 'quoted':
        return this.#goQuoted()
      case 'closed':
        return this.#goClosed()
      case 'skipped':
        return this.#skip()
    }
  }

  /** Spaces may precede a quote. */
  #begin(): boolean {
    const { quote } = this.#options
    if (this.#cells.length === 0 && this.#text[this.#at] === '\n') return this.#passOverEmptyLines()
    const at = this.#afterBlanks(this.#at)
    if (at >= this.#text.length && !(this.#ended && at > this.#at)) return false
    const isQuoted = quote !== null && this.#text[at] === quote
    this.#state = isQuoted ? 'quoted' : 'plain'
    if (isQuoted) this.#at = at + 1
    this.#cellFrom = this.#at
    this.#cellBefore = ''
    this.#lineFrom = null
    return true
  }

  #passOverEmptyLines(): boolean {
    let at = this.#at
    while (this.#text[at] === '\n') at += 1
    this.#breaks = at - this.#at
    this.#beginRow(at)
    return true
  }

  #goPlain(): boolean {
    this.#special.lastIndex = this.#at
    const at = this.#special.exec(this.#text)?.index ?? -1
    if (at === -1) {
      this.#at = this.#text.length
      return false
    }
    const found = this.#text[at]
    const size = found === this.#options.delimiter ? 1 : this.#breakAt(at)
    if (size === null) {
      this.#at = at
      return false
    }
    const isText = found === '\r' && size === 1 && !this.#options.endsAtReturn(this.#cells.length + 1)
    if (isText) {
      this.#at = at + 1
      return true
    }
    this.#cells.push(this.#text.slice(this.#cellFrom, at))
    this.#goOn(at, size)
    return true
  }

  #goQuoted(): boolean {
    const { quote } = this.#options
    const text = this.#text
    const found = quote === null ? -1 : text.indexOf(quote, this.#at)
    const end = found === -1 ? text.length : found
    const problem = this.#lookAtLines(end, found !== -1)
    if (problem !== null) return this.#markOdd(problem)
    if (found === -1) return false
    if (found + 1 === text.length && !this.#ended) {
      this.#at = found
      return false
    }
    if (text[found + 1] === quote) {
      this.#cellBefore += text.slice(this.#cellFrom, found + 1)
      this.#cellFrom = found + 2
      this.#at = found + 2
      return true
    }
    if (this.#lineFrom !== null && this.#options.isRow(text.slice(this.#lineFrom, found))) {
      return this.#markOdd(HOLDS_ROWS)
    }
    this.#cellBefore += text.slice(this.#cellFrom, found)
    this.#at = found + 1
    this.#state = 'closed'
    return true
  }

  /** Checks the lines of a quoted cell that end before `end`; waits for more text if a line break may be incomplete. */
  #lookAtLines(end: number, closes: boolean): string | null {
    const text = this.#text
    BREAK.lastIndex = this.#at
    for (let found = BREAK.exec(text); found !== null && found.index < end; found = BREAK.exec(text)) {
      const [mark] = found
      const { index } = found
      if (mark === '\r' && index + 1 === text.length && !this.#ended) {
        this.#at = index
        return null
      }
      const isRow =
        this.#lineFrom === null
          ? this.#options.isFirstRow(text.slice(0, index), this.#cells.length)
          : this.#options.isRow(text.slice(this.#lineFrom, index))
      if (isRow) return HOLDS_ROWS
      this.#lineFrom = index + mark.length
      this.#breaks += 1
    }
    if (!closes) this.#at = end
    return null
  }

  #goClosed(): boolean {
    const { delimiter } = this.#options
    const at = this.#afterBlanks(this.#at)
    this.#at = at
    const found = this.#text[at]
    if (found === undefined) return false
    if (found !== delimiter && found !== '\n' && found !== '\r') {
      return this.#markOdd('has a single quote mark within a quoted cell; double it')
    }
    const size = found === delimiter ? 1 : this.#breakAt(at)
    if (size === null) return false
    this.#cells.push(this.#cellBefore)
    this.#goOn(at, size)
    return true
  }

  #skip(): boolean {
    BREAK.lastIndex = this.#at
    const at = BREAK.exec(this.#text)?.index ?? -1
    const size = at === -1 ? null : this.#breakAt(at)
    if (size === null) {
      this.#drop(at === -1 ? this.#text.length : at)
      this.#at = 0
      return false
    }
    this.#breaks = 1
    this.#beginRow(at + size)
    return true
  }

  #afterBlanks(from: number): number {
    let at = from
    while (this.#text[at] !== this.#options.delimiter && BLANKS.has(this.#text[at] ?? '')) at += 1
    return at
  }

  /** Length of the line break at the position; null: more text is needed. */
  #breakAt(at: number): number | null {
    if (this.#text[at] === '\n') return 1
    if (at + 1 === this.#text.length && !this.#ended) return null
    return this.#text[at + 1] === '\n' ? 2 : 1
  }

  #goOn(at: number, size: number): void {
    if (this.#text[at] === this.#options.delimiter) {
      this.#at = at + 1
      this.#cellFrom = at + 1
      this.#state = 'start'
      return
    }
    this.#breaks += 1
    this.#endRow(at + size)
  }

  #endRow(end: number): void {
    this.#options.onRow({ line: this.#line, cells: this.#cells, odd: null })
    this.#beginRow(end)
  }

  #beginRow(from: number): void {
    this.#drop(from)
    this.#line += this.#breaks
    this.#breaks = 0
    this.#cells = []
    this.#cellFrom = 0
    this.#at = 0
    this.#state = 'start'
  }

  #drop(size: number): void {
    this.#text = this.#text.slice(size)
  }

  /** Marks the row as odd; the next line starts a new row even if it was read as part of this one. */
  #markOdd(odd: string): boolean {
    if (this.#state !== 'skipped') this.#options.onRow({ line: this.#line, cells: this.#cells, odd })
    this.#reread += this.#at
    if (this.#reread > MOST_REREAD * this.#read + REREAD_ALWAYS) {
      throw feedCutShortError(`too many rows have a quote that is not closed, the last one in line ${this.#line}`)
    }
    this.#breaks = 0
    this.#cells = []
    this.#at = 0
    this.#state = 'skipped'
    return true
  }
}

const HOLDS_ROWS = 'has a quoted cell that contains other rows: a quote in its line is not closed'
const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\u00a0'])
const BREAK = /\r\n?|\n/g
/** DOS end-of-file mark; some programs fill the last block with it, or with zeros. */
const END_MARKS = '\x1a\0'
