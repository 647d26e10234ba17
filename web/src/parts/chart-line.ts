export interface ChartLine {
  readonly name: string
  /** Name of a color of the page: `--part-1`. */
  readonly color: string
  /** One for each time; null: no value. */
  readonly values: readonly (number | null)[]
}
