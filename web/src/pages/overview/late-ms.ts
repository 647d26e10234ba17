/** `LATE_AFTER_MS` of the operations: an order in processing for longer is late. A test compares them. */
export const LATE_MS = 300_000
