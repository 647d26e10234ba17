/** Content of a panel, without its position. */
export interface Panel {
  readonly type: 'stat' | 'timeseries' | 'table'
  readonly title: string
  /** What the numbers mean and what to do about them. */
  readonly description: string
  /** A unit that Grafana knows: `s`, `short`, `cpm` (per minute), `percentunit`, `bytes`, `bool_yes_no`. */
  readonly unit: string
  readonly queries: readonly Query[]
  /** From this value on the number is red. */
  readonly redFrom?: number
  /** Below this value the number is red. */
  readonly redBelow?: number
  /** Widths in a row add up to 24. */
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
  /** Metric and label with its values. */
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

/** One number, red if it needs attention. */
export function stat(title: string, description: string, unit: string, expr: string, options: Options = {}): Panel {
  return { type: 'stat', title, description, unit, queries: [{ expr, legend: title }], width: 4, height: 4, ...options }
}

/** Lines over time, half a row wide. */
export function chart(title: string, description: string, unit: string, ...queries: readonly Query[]): Panel {
  return { type: 'timeseries', title, description, unit, queries, width: 12, height: 8 }
}

/** One row per series, with its labels and its current value. */
export function list(title: string, description: string, unit: string, expr: string): Panel {
  return { type: 'table', title, description, unit, queries: [{ expr, legend: '' }], width: 12, height: 8 }
}

export function query(expr: string, legend: string): Query {
  return { expr, legend }
}
