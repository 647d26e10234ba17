/*
 * Limits beyond which something needs a person. The page, the alerts of deploy/prometheus and notifications use the
 * same numbers; a test compares the alerts.
 */

/** An order is late when it has been in processing for longer than this. Processing usually takes seconds. */
export const LATE_AFTER_MS = 300_000
/**
 * A read is overdue when its last good run is older than this many intervals of its schedule and than
 * `OVERDUE_AFTER_SECONDS`.
 */
export const OVERDUE_INTERVALS = 3
export const OVERDUE_AFTER_SECONDS = 600
/** A reader counts as missing when it has not pulled a feed for this long, and as gone after `PULLER_GONE_SECONDS`. */
export const NOT_PULLED_AFTER_SECONDS = 3_600
export const PULLER_GONE_SECONDS = 604_800
