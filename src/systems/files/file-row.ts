/** One row of a file, whatever its format. */
export interface FileRow {
  /** Number of its line or, in formats without lines, of the row. */
  readonly number: number
  /** The same for people: `line 7`. */
  readonly place: string
  /** Why it can't be used; null: it is valid. */
  readonly odd: string | null
  /**
   * Empty: the cell is empty, or the row has no such column. Throws `source_data_invalid` for a cell that is no single
   * value.
   */
  cell(column: string): string
  /** The digits of a cell that the format itself declares a number; null: the cell is text. */
  numberIn(column: string): string | null
  /** The cell as yyyy-MM-dd if the format itself declares it a day; null: it is text. */
  dayIn(column: string): string | null
  /** Why the cell is no certain key, although it has a value; null: it is one, or is text and the text shows it. */
  keyProblem(column: string): string | null
  /** Problem of any cell that has no value, such as an error of a spreadsheet; null: there is none. */
  readonly broken: string | null
  /** Cells by the names of their columns; of a broken one the error. */
  all(): Readonly<Record<string, string>>
}

/** Case and blanks around the name of a column do not count. */
export const plainName = (name: string): string => name.trim().toLowerCase()

/** Rows of formats whose cells are text alone. */
export const plainText = {
  broken: null,
  numberIn: () => null,
  dayIn: () => null,
  keyProblem: () => null,
} satisfies Partial<FileRow>
