import { SaxesParser } from 'saxes'
import { type FeedRecord, feedCutShortError, feedError } from './record.ts'
import { TEXT, valuesAt } from './value-path.ts'

/** An element: its children and `@attributes` by name, lists where a name is there several times; plain text where it has neither. */
type Element = Record<string, unknown>

interface Open {
  readonly name: string
  /** Undefined outside of rows. */
  readonly element: Element | undefined
  text: string
}

/**
 * Rows of XML: the elements at `items` (a path of names from the root; empty: every child of the root). Names are as
 * they are written, prefix and all. Entities are XML's own five and characters by number: a document type is not read,
 * so that nothing in it is expanded or fetched. Throws `source_data_invalid` for a document that is not whole, or has no
 * element there.
 */
export async function* xmlRecords(text: AsyncIterable<string>, items: string): AsyncGenerator<FeedRecord> {
  const reader = createRowReader(items)
  for await (const chunk of text) {
    reader.write(chunk)
    yield* reader.take()
  }
  reader.end()
  yield* reader.take()
}

function createRowReader(items: string) {
  const path = items === '' ? undefined : items.split('.')
  const open: Open[] = []
  const rows: FeedRecord[] = []
  const parser = new SaxesParser({ xmlns: false })
  let place = ''
  let seen = false
  const beginsRow = () =>
    path === undefined
      ? open.length === 2
      : open.length === path.length && open.every(({ name }, at) => name === path[at])
  parser.on('opentag', ({ name, attributes }) => {
    const within = open.at(-1)?.element !== undefined
    open.push({ name, element: undefined, text: '' })
    const begins = beginsRow()
    if (begins) place = `line ${parser.line}`
    if (!begins && !within) return
    const element: Element = Object.create(null) as Element
    for (const [attribute, value] of Object.entries(attributes)) element[`@${attribute}`] = value
    open[open.length - 1] = { name, element, text: '' }
  })
  const addText = (more: string) => {
    const innermost = open.at(-1)
    if (innermost?.element !== undefined) innermost.text += more
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('closetag', () => {
    const closed = open.pop()
    if (closed?.element === undefined) return
    const parent = open.at(-1)?.element
    const value = contentOf(closed.element, closed.text)
    if (parent !== undefined) return add(parent, closed.name, value)
    seen = true
    rows.push(toRecord(value, place))
  })
  const failing = (step: () => void) => {
    try {
      step()
    } catch (cause) {
      throw feedCutShortError(`it is not whole, well-formed XML: ${cause instanceof Error ? cause.message : ''}`, cause)
    }
  }
  return {
    write: (chunk: string) => failing(() => void parser.write(chunk)),
    end() {
      failing(() => void parser.close())
      if (seen || path === undefined) return
      throw feedError(`it has no element ${items}; settings.items is the path to its rows`, 'settings.items')
    },
    take: () => rows.splice(0),
  }
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

function toRecord(row: unknown, place: string): FeedRecord {
  return { place, values: (name) => valuesAt(row, name), names: () => Object.keys(Object(row) as object) }
}
