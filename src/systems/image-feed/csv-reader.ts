import { withoutEnd } from '../../platform/without-end.ts'
import { feedCutShortError, LONGEST_ROW } from './record.ts'

/** Cells of one row as they stand in the file. */
export interface CsvRow {
  /** Where it begins. */
  readonly line: number
  readonly cells: readonly string[]
  /** Why it is no row; its cells are those before what is odd. */
  readonly odd: string | null
}

export interface CsvReaderOptions {
  /** Called for each row as soon as it is read: what comes after the first one is judged by it. */
  onRow(row: CsvRow): void
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
  /** Whether a carriage return alone ends a row that has so many cells. */
  endsAtReturn(cells: number): boolean
  /** Whether a line, as it stands in the file, is a row. */
  isRow(line: string): boolean
  /** Whether the first line of a quoted cell that goes on for more lines is one row with what stands before it. */
  isFirstRow(line: string, quotedCell: number): boolean
}

/** How a quoted cell, whose text is known only at its end, is being read. */
type State = 'start' | 'plain' | 'quoted' | 'closed' | 'skipped'

/** What may be read again after quotes that were none, as a multiple of all that was read. */
const MOST_REREAD = 4
const REREAD_ALWAYS = 64 * 1024

/**
 * Rows of CSV (RFC 4180, in its dialect), as far as they came. Lines end as they like. A row whose quotes are none is odd,
 * and so is one with a quoted cell that holds other rows; the next line is read as if the odd one had not been there. A
 * quote within a cell that does not begin with one is a character like others (inches). Takes time by the length of what
 * is written alone.
 */
export class CsvReader {
  /** From the beginning of the row that is being read. */
  #text = ''
  #ended = false
  #state: State = 'start'
  #line = 1
  /** Line breaks in the row so far. */
  #breaks = 0
  #cells: string[] = []
  /** Where the cell begins, and what of it was read before. */
  #cellFrom = 0
  #cellBefore = ''
  /** Everything before it was looked at. */
  #at = 0
  /** Where the line of a quoted cell begins; null: in the first one. */
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

  /** Whether it ended with a line break, or the mark of an end (^Z). Throws `source_data_invalid` for an open quote. */
  end(): boolean {
    const text = withoutEnd(this.#text, END_MARKS)
    const marked = text.length < this.#text.length
    this.#text = text
    this.#ended = true
    this.#at = Math.min(this.#at, text.length)
    this.#go()
    if (this.#state === 'quoted') throw feedCutShortError(`a quote opened in line ${this.#line} is not closed`)
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

  /** Blanks may stand before a quote. */
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

  /** Looks at the lines of a quoted cell that end before `end`; a line break that may not be whole waits. */
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
      return this.#markOdd('has a quote within a quoted cell; it is written twice there')
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

  /** Length of the line break there; null: more text is needed to tell. */
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

  /** The row is odd, and the next line begins another one, even if it was read as a part of this one. */
  #markOdd(odd: string): boolean {
    if (this.#state !== 'skipped') this.#options.onRow({ line: this.#line, cells: this.#cells, odd })
    this.#reread += this.#at
    if (this.#reread > MOST_REREAD * this.#read + REREAD_ALWAYS) {
      throw feedCutShortError(`quotes are opened and not closed in too many rows, the last one in line ${this.#line}`)
    }
    this.#breaks = 0
    this.#cells = []
    this.#at = 0
    this.#state = 'skipped'
    return true
  }
}

const HOLDS_ROWS = 'has a quoted cell that holds other rows: a quote is opened and not closed in its line'
const BLANKS: ReadonlySet<string> = new Set([' ', '\t', '\u00a0'])
const BREAK = /\r\n?|\n/g
/** DOS ended a text so; some fill its last block with it, or with zeros. */
const END_MARKS = '\x1a\0'
