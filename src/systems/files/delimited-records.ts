import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { LONGEST_ROW } from '../kit/row-limits.ts'

export interface RecordForm {
  readonly delimiter: string
  /** Null: no cell is quoted. */
  readonly quote: string | null
}

/** The cells of a line, or of several where a quoted cell has line breaks; `line`: the last one of them. */
export interface DelimitedRecord {
  readonly cells: readonly string[]
  readonly line: number
}

/** The text is not delimited as its form says; `line`: where. */
export class DelimitedError extends Error {
  readonly code: string
  readonly line: number | null

  constructor(cause: CsvError & { readonly lines?: unknown }, linesBefore: number) {
    super(cause.message, { cause })
    this.code = cause.code
    this.line = typeof cause.lines === 'number' ? cause.lines + linesBefore : null
  }
}

/**
 * Records of delimited text (RFC 4180), many at a time, without empty lines. Lines without quotes are split at once, which
 * takes a fraction of the time of a parser. From the first quote on, or a line that may be too long, csv-parse reads the
 * rest: the records are those that it would find in the whole text.
 */
export async function* delimitedRecords(
  text: AsyncIterable<string>,
  form: RecordForm,
): AsyncGenerator<readonly DelimitedRecord[]> {
  const chunks = text[Symbol.asyncIterator]()
  const state = { rest: '', line: 0, lineBreak: null as string | null, isFirst: true }
  try {
    for (;;) {
      const next = await chunks.next()
      const isEnd = next.done === true
      state.rest += isEnd ? '' : withoutMark(next.value, state)
      state.lineBreak ??= firstLineBreak(state.rest, form.quote, isEnd)
      const plain = plainLengthOf(state.rest, form.quote, state.lineBreak, isEnd)
      const records: DelimitedRecord[] = []
      const isPlain = splitLines(state, plain, isEnd, (cells, line) => records.push({ cells, line }), form.delimiter)
      if (records.length > 0) yield records
      if (!isPlain) return yield* parsedRecords(joined(state.rest, isEnd ? null : chunks), form, state)
      if (isEnd) return
    }
  } finally {
    await chunks.return?.()
  }
}

interface SplitState {
  /** Of the text so far, what has not been split yet. */
  rest: string
  /** Lines that have ended. */
  line: number
  /** As csv-parse: the first one in the text is that of all lines. */
  lineBreak: string | null
  isFirst: boolean
}

function withoutMark(chunk: string, state: SplitState): string {
  if (!state.isFirst || chunk === '') return chunk
  state.isFirst = false
  return chunk.startsWith('\ufeff') ? chunk.slice(1) : chunk
}

/** Up to the first quote or line break of another kind, which is a part of its cell. */
function plainLengthOf(text: string, quote: string | null, lineBreak: string | null, isEnd: boolean): number {
  const places = [quote === null ? -1 : text.indexOf(quote), otherLineBreak(text, lineBreak, isEnd)]
  return Math.min(text.length, ...places.filter((at) => at !== -1))
}

function otherLineBreak(text: string, lineBreak: string | null, isEnd: boolean): number {
  if (lineBreak === null) return -1
  if (lineBreak === '\n') return text.indexOf('\r')
  if (lineBreak === '\r') return text.indexOf('\n')
  return text.search(isEnd ? /\r(?!\n)|(?<!\r)\n/ : /\r(?!\n|$)|(?<!\r)\n/)
}

/** Splits whole lines up to `plain`. False: what is left needs the parser. */
function splitLines(
  state: SplitState,
  plain: number,
  isEnd: boolean,
  add: (cells: readonly string[], line: number) => void,
  delimiter: string,
): boolean {
  const { rest: text } = state
  let from = 0
  const isShort = (to: number) => (to - from) * MOST_BYTES_OF_CHARACTER <= LONGEST_ROW
  const take = (to: number) => {
    if (to > from) add(text.slice(from, to).split(delimiter), state.line + 1)
  }
  const { lineBreak } = state
  let isPlain = true
  for (let to = indexOf(text, lineBreak, from); to !== -1 && to < plain; to = indexOf(text, lineBreak, from)) {
    isPlain = isShort(to)
    if (!isPlain) break
    take(to)
    state.line += 1
    from = to + (lineBreak?.length ?? 0)
  }
  const isQuoted = plain < text.length
  isPlain = isPlain && !isQuoted && isShort(text.length)
  if (isPlain && isEnd) {
    take(text.length)
    from = text.length
  }
  state.rest = text.slice(from)
  return isPlain
}

/** Of UTF-8, which csv-parse counts its limit in. */
const MOST_BYTES_OF_CHARACTER = 3

function indexOf(text: string, lineBreak: string | null, from: number): number {
  return lineBreak === null ? -1 : text.indexOf(lineBreak, from)
}

/** Null: the text shows none yet, or a quoted cell begins before it. */
function firstLineBreak(text: string, quote: string | null, isEnd: boolean): string | null {
  const found = /\r\n|\n|\r/.exec(text)
  if (found === null || (quote !== null && text.slice(0, found.index).includes(quote))) return null
  const mayGoOn = !isEnd && found[0] === '\r' && found.index === text.length - 1
  return mayGoOn ? null : found[0]
}

async function* joined(begin: string, others: AsyncIterator<string> | null): AsyncGenerator<string> {
  yield begin
  if (others === null) return
  for (let next = await others.next(); next.done !== true; next = await others.next()) yield next.value
}

const RECORDS_AT_ONCE = 500

async function* parsedRecords(
  text: AsyncIterable<string>,
  { delimiter, quote }: RecordForm,
  { line: linesBefore, lineBreak }: SplitState,
): AsyncGenerator<readonly DelimitedRecord[]> {
  const parser = parse({
    bom: false,
    delimiter,
    quote: quote ?? false,
    // A quote in a cell is doubled, whichever it is.
    ...(quote === null ? {} : { escape: quote }),
    info: true,
    max_record_size: LONGEST_ROW,
    relax_column_count: true,
    skip_empty_lines: true,
    ...(lineBreak === null ? {} : { record_delimiter: lineBreak }),
  })
  const source = Readable.from(text)
  // An error of the source ends the parser, which is read here.
  source.on('error', (error) => parser.destroy(error))
  let records: DelimitedRecord[] = []
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Parsed>) {
      records.push({ cells: record, line: linesBefore + info.lines })
      if (records.length < RECORDS_AT_ONCE) continue
      yield records
      records = []
    }
  } catch (error) {
    throw error instanceof CsvError ? new DelimitedError(error, linesBefore) : error
  }
  if (records.length > 0) yield records
}

interface Parsed {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}
