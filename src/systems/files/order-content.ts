/** A column of an order's file. */
export interface OrderColumn {
  readonly name: string
  readonly field: string
  /** Whether it is about a line; else about the order as a whole. */
  readonly isOfLine: boolean
}

export interface OrderCell {
  readonly column: OrderColumn
  /** As formats of text write it. */
  readonly text: string
  /** As JSON has it: numbers keep their digits. */
  readonly value: unknown
}

/** What the file of an order says, whatever its format. */
export interface OrderContent {
  /** For messages. */
  readonly order: string
  readonly columns: readonly OrderColumn[]
  /**
   * The cells of each line that is to be delivered, in the order of the columns; not empty. If no column is about lines,
   * it is one row about the order.
   */
  readonly lines: readonly (readonly OrderCell[])[]
}

/** What is about the order, and what is about each of its lines, for formats that write them apart. */
export function apart({ columns, lines: [first = [], ...more] }: OrderContent) {
  const hasLines = columns.some(({ isOfLine }) => isOfLine)
  return {
    order: first.filter(({ column }) => !column.isOfLine),
    lines: hasLines ? [first, ...more].map((cells) => cells.filter(({ column }) => column.isOfLine)) : [],
  }
}

/** Many programs read no line breaks and other control characters within a value. */
export function onOneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, ' ')
}

/** Blanks in place of characters that XML and lines of fixed width can't have. */
export function withoutControls(text: string): string {
  return onOneLine(text.toWellFormed()).replaceAll(/[\p{Cc}\ufffe\uffff]/gu, ' ')
}
