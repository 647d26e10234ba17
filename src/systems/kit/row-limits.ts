/** Longest text of one row of a vendor's file: limits the damage of a quote or element that is never closed. */
export const LONGEST_ROW = 1024 * 1024
/** Maximum number of values in a row of JSON or XML, and their maximum depth. */
export const MOST_VALUES = 20_000
export const DEEPEST = 64
