import { SaxesParser } from 'saxes'
import { StreamError } from '../../errors.ts'
import { type FileWords, fileCutShortError, fileError } from './file-errors.ts'
import { DEEPEST, LONGEST_ROW, MOST_VALUES } from './row-limits.ts'

/** Name for the text of an element that has attributes or children. */
export const TEXT = '#text'

/** A row: its children and `@attributes` by name, with lists for repeated names; plain text if it has neither. */
export interface XmlRow {
  readonly value: unknown
  /** Why the row is odd; null: it is valid. */
  readonly odd: string | null
  /** Line where it begins. */
  readonly line: number
}

export interface XmlForm {
  /** Names from the root to a row, with dots between them; null: every child of the root is a row. */
  readonly path: string | null
  /** Name of the setting of the path, for messages. */
  readonly pathSetting: string
  /** Whether a document without a row is fine if it has the element around them, with nothing else in it. */
  readonly mayBeEmpty: boolean
  readonly words: FileWords
  /** Is told all elements. */
  readonly around?: XmlSurroundings
}

export interface XmlSurroundings {
  /** `isRow`: the element is a row or is inside one. */
  open(name: string, attributes: Readonly<Record<string, string>>, isRow: boolean): void
  text(more: string): void
  close(): void
}

type Element = Record<string, unknown>

interface Open {
  readonly name: string
  /** Undefined outside rows and in a dropped row. */
  element: Element | undefined
  text: string
}

/** The open row. */
interface OpenRow {
  readonly name: string
  readonly line: number
  readonly from: number
  /** Number of open elements around it. */
  readonly depth: number
  values: number
  odd: string | null
  /** Its content is no longer stored. */
  isDropped: boolean
}

const NEW_ROW = { values: 0, odd: null, isDropped: false }

/**
 * Rows of XML. Names include their prefix. Only XML's five predefined entities and numeric character references are
 * resolved: the document type is not read, so nothing in it is expanded or fetched. Throws `source_data_invalid` for an
 * incomplete document, or if it has no such element.
 */
export async function* xmlRows(text: AsyncIterable<string>, form: XmlForm): AsyncGenerator<XmlRow> {
  const before = { lines: 0 }
  const reader = createRowReader(form, before)
  let begun = false
  for await (const chunk of text) {
    // Blanks before the declaration are a harmless mistake.
    const rest: string = begun ? chunk : chunk.trimStart()
    begun ||= rest !== ''
    before.lines += chunk.slice(0, chunk.length - rest.length).split('\n').length - 1
    reader.write(rest)
    yield* reader.take()
  }
  reader.end()
  yield* reader.take()
}

function createRowReader(
  { path: given, pathSetting, mayBeEmpty, words, around }: XmlForm,
  before: { readonly lines: number },
) {
  const path = given?.split('.')
  const open: Open[] = []
  const rows: XmlRow[] = []
  const parser = new SaxesParser({ xmlns: false })
  let row: OpenRow | null = null
  let attributes = 0
  let seen = false
  let hasSurrounding = false
  let hasOthers = false
  let lastEnd = 0
  /** The parser buffers a token until its end; a row that is too long may still end. */
  const assertBounded = () => {
    const most = row === null ? LONGEST_ROW : LONGEST_IN_ROW
    if (parser.position - lastEnd <= most) return
    throw fileError(words, `it has more than ${most} characters in one text, tag, comment or declaration`)
  }
  const noteEnd = () => {
    assertBounded()
    lastEnd = parser.position
  }
  const drop = (odd: string) => {
    if (row === null || row.isDropped) return
    row.odd = odd
    row.isDropped = true
    for (const { element } of open.slice(row.depth)) if (element !== undefined) empty(element)
  }
  const count = () => {
    if (row === null) return
    row.values += 1
    if (row.values > MOST_VALUES) drop(`has more than ${MOST_VALUES} elements`)
    if (open.length - row.depth > DEEPEST) drop(`is nested deeper than ${DEEPEST} levels`)
    if (parser.position - row.from > LONGEST_ROW) drop(`is longer than ${LONGEST_ROW} characters`)
  }
  const beginsRow = () =>
    path === undefined
      ? open.length === 2
      : open.length === path.length && open.every(({ name }, at) => name === path[at])
  const isAround = () => open.length === (path?.length ?? 0) - 1 && open.every(({ name }, at) => name === path?.[at])
  const isBesideRows = () =>
    open.length === path?.length && open.slice(0, -1).every(({ name }, at) => name === path[at]) && !beginsRow()
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > MOST_VALUES) throw fileError(words, `it has an element with more than ${MOST_VALUES} attributes`)
  })
  for (const name of ['xmldecl', 'doctype', 'processinginstruction', 'comment'] as const) parser.on(name, noteEnd)
  parser.on('opentag', (tag) => {
    noteEnd()
    attributes = 0
    if (open.length === DEEPEST_DOCUMENT) throw fileError(words, `it is nested deeper than ${DEEPEST_DOCUMENT} levels`)
    open.push({ name: tag.name, element: undefined, text: '' })
    if (isAround()) hasSurrounding = true
    else if (isBesideRows()) hasOthers = true
    if (row === null && beginsRow()) {
      const { line, position } = parser
      row = { name: tag.name, line: before.lines + line, from: position, depth: open.length - 1, ...NEW_ROW }
    }
    count()
    around?.open(tag.name, tag.attributes, row !== null)
    if (row === null || row.isDropped) return
    const element: Element = Object.create(null) as Element
    for (const [attribute, value] of Object.entries(tag.attributes)) element[`@${attribute}`] = value
    open[open.length - 1] = { name: tag.name, element, text: '' }
  })
  const addText = (more: string) => {
    noteEnd()
    around?.text(more)
    const innermost = open.at(-1)
    if (innermost?.element === undefined || row?.isDropped === true) return
    if (more.length > LONGEST_ROW) return drop(`is longer than ${LONGEST_ROW} characters`)
    innermost.text += more
    if (row?.odd === null && more.includes(`</${row.name}>`)) {
      row.odd = `has a text that contains end tags of rows: a CDATA section is not closed in the right place`
    }
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    noteEnd()
    const closed = open.pop()
    around?.close()
    if (closed === undefined || row === null) return
    count()
    const value = closed.element === undefined ? '' : contentOf(closed.element, closed.text)
    if (open.length > row.depth) {
      const parent = open.at(-1)?.element
      if (parent !== undefined && !row.isDropped) add(parent, closed.name, value)
      return
    }
    seen = true
    rows.push({ value: row.isDropped ? '' : value, odd: row.odd, line: row.line })
    row = null
  })
  const failing = (step: () => void) => {
    try {
      step()
    } catch (cause) {
      if (cause instanceof StreamError) throw cause
      throw fileCutShortError(
        words,
        `it is not complete, well-formed XML: ${cause instanceof Error ? cause.message : ''}`,
        cause,
      )
    }
  }
  return {
    write(chunk: string) {
      failing(() => void parser.write(chunk))
      assertBounded()
    },
    end() {
      failing(() => void parser.close())
      if (seen || path === undefined || (mayBeEmpty && hasSurrounding && !hasOthers)) return
      const setting = `settings.${pathSetting}`
      throw fileError(words, `it has no element ${given}; set ${setting} to the path of its rows`, setting)
    },
    take: () => rows.splice(0),
  }
}

/** Most characters between two tags inside a row: a longer row than allowed is odd and does not stop the others. */
const LONGEST_IN_ROW = 2 * LONGEST_ROW

/** No real document is nested deeper. */
const DEEPEST_DOCUMENT = 1000

function empty(element: Element): void {
  for (const name of Object.keys(element)) delete element[name]
}

function contentOf(element: Element, text: string): unknown {
  if (Object.keys(element).length === 0) return text
  element[TEXT] = text.trim()
  return element
}

function add(parent: Element, name: string, value: unknown): void {
  const before = parent[name]
  if (before === undefined) parent[name] = value
  else if (Array.isArray(before)) before.push(value)
  else parent[name] = [before, value]
}
