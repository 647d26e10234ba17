export interface ChartLine {
  readonly name: string
  /** Name of a colour of the page: `--part-1`. */
  readonly colour: string
  /** One for each time; null: no value. */
  readonly values: readonly (number | null)[]
}
