/** What a panel shows, without its place. */
export interface Panel {
  readonly type: 'stat' | 'timeseries' | 'table'
  readonly title: string
  /** What the numbers mean and what to do about them. */
  readonly description: string
  /** A unit that Grafana knows: `s`, `short`, `cpm` (a minute), `percentunit`, `bytes`, `bool_yes_no`. */
  readonly unit: string
  readonly queries: readonly Query[]
  /** From this value on the number is red. */
  readonly redFrom?: number
  /** Below this value the number is red. */
  readonly redBelow?: number
  /** Widths add up to 24 in a line. */
  readonly width: number
  readonly height: number
}

export interface Query {
  readonly expr: string
  /** Legend, with labels as `{{connection}}`. */
  readonly legend: string
}

/** A heading with panels below it. */
export interface Section {
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface Variable {
  readonly name: string
  readonly label: string
  /** Metric and label that its values come from. */
  readonly metric: string
  readonly of: string
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly Variable[]
  readonly sections: readonly Section[]
}

type Options = Pick<Panel, 'redFrom' | 'redBelow'>

/** One number, red where somebody has to look. */
export function stat(title: string, description: string, unit: string, expr: string, options: Options = {}): Panel {
  return { type: 'stat', title, description, unit, queries: [{ expr, legend: title }], width: 4, height: 4, ...options }
}

/** Lines over time, half a line wide. */
export function chart(title: string, description: string, unit: string, ...queries: readonly Query[]): Panel {
  return { type: 'timeseries', title, description, unit, queries, width: 12, height: 8 }
}

/** A line for each series, with its labels and its value now. */
export function list(title: string, description: string, unit: string, expr: string): Panel {
  return { type: 'table', title, description, unit, queries: [{ expr, legend: '' }], width: 12, height: 8 }
}

export function query(expr: string, legend: string): Query {
  return { expr, legend }
}
