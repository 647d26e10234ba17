/** A metric. Its name ends with its unit; values of labels come from the configuration or from closed lists. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
  /**
   * `process`: describes the process that exports it. `installation`: describes all of it, exported by API processes.
   */
  readonly of: 'process' | 'installation'
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[]
}

/** Seconds of one piece of work: a batch, a call. */
const WORK = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const
/** Seconds between two systems: from one second to a day. */
const WAY = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400] as const

const counter = <const L extends readonly string[]>(labels: L, help: string) =>
  ({ kind: 'counter', labels, help, of: 'process' }) as const
const histogram = <const L extends readonly string[]>(labels: L, buckets: readonly number[], help: string) =>
  ({ kind: 'histogram', labels, help, of: 'process', buckets }) as const
const gauge = <const L extends readonly string[]>(labels: L, help: string) =>
  ({ kind: 'gauge', labels, help, of: 'process' }) as const
const installationGauge = <const L extends readonly string[]>(labels: L, help: string) =>
  ({ kind: 'gauge', labels, help, of: 'installation' }) as const

/**
 * Every metric of the program, each declared once: the types of counters, the output of `/metrics` and the tables of
 * docs/reference/metrics.md come from this list. The metrics `nodejs_…` and `process_…` come from the library.
 */
export const metricList = {
  waldstream_info: gauge(['version', 'role'], 'always 1: a role that runs in the process, and its version'),
  waldstream_live: gauge([], '1 while `/health/live` answers 200'),
  waldstream_ready: gauge([], '1 while `/health/ready` answers 200'),

  waldstream_stage_up: gauge(
    ['stage'],
    '1 while the stage works, 0 while its consumer is down or a batch keeps failing',
  ),
  waldstream_stage_records_total: counter(['stage'], 'records that were handled and committed'),
  waldstream_stage_batch_seconds: histogram(['stage'], WORK, 'duration of a batch, with its retries'),
  waldstream_results_total: counter(
    ['stage', 'connection', 'entity', 'outcome', 'code'],
    'results of entities at a stage or read: new, processing (sent on), succeeded, failed, waiting, ignored or superseded; `code` says why',
  ),
  waldstream_records_sent_total: counter(['topic'], 'records that the broker has acknowledged'),
  waldstream_dead_letters_total: counter(['stage', 'connection', 'code'], 'records that were dead-lettered'),
  waldstream_batch_retries_total: counter(['stage', 'code'], 'retries of whole batches'),
  waldstream_consumer_failures_total: counter(['stage', 'code'], 'failures of a consumer, each followed by a restart'),
  waldstream_consumer_lag_records: gauge(
    ['group', 'topic', 'partition'],
    'unhandled records of an owned partition, up to its last known end',
  ),
  waldstream_consumer_lag_seconds: gauge(
    ['group', 'topic', 'partition'],
    'age of the oldest unhandled record, by its append time; 0 without one',
  ),
  waldstream_end_to_end_seconds: histogram(
    ['connection', 'entity'],
    WAY,
    'time from a change at the source until it was delivered, or was in the feed',
  ),
  waldstream_freshness_seconds: histogram(
    ['connection', 'entity'],
    WAY,
    'time from a change at the source until it was read, counted when it is delivered',
  ),
  waldstream_order_lines_unaccounted_total: counter(
    [],
    'order lines that belong to no party, or to several: must stay 0 (Guarantee 7)',
  ),

  waldstream_read_rows_total: counter(
    ['read', 'outcome'],
    'entities of runs: published, unchanged (not sent again) or unreadable',
  ),
  waldstream_read_again_rows_total: counter(
    ['read'],
    'rows that were read again because the proof of a window found some missing',
  ),
  waldstream_read_retries_total: counter(['read', 'code'], 'retries of pages and proofs'),
  waldstream_window_proofs_total: counter(['read', 'proof'], 'windows read: proven, unlisted or incomplete'),
  waldstream_runs_total: counter(['read', 'end'], 'runs: ended, incomplete, failed or canceled'),

  waldstream_calls_total: counter(
    ['account', 'kind', 'code'],
    'calls to an account; `code` is empty for a success, and `rate_limited` for a rejection by its limits',
  ),
  waldstream_call_seconds: histogram(['account', 'kind'], WORK, 'duration of a call'),
  waldstream_call_turn_seconds: histogram(['account', 'kind'], WORK, 'time that a call waited for its turn'),
  waldstream_calls_running: gauge(['account'], 'calls under way'),
  waldstream_calls_waiting: gauge(['account'], 'calls that wait for their turn'),
  waldstream_calls_allowed: gauge(['account'], 'most calls under way at once: fewer after rejections'),
  waldstream_account_rest_seconds: gauge(['account'], 'remaining pause that the account asked for'),
  waldstream_delivery_retries_total: counter(['stage', 'connection', 'code'], 'retries of deliveries in place'),
  waldstream_deliveries_saved_total: counter(
    ['stage', 'connection', 'reason'],
    'deliveries that needed no call: unchanged, or older than what was delivered',
  ),
  waldstream_oversold_total: counter(
    ['connection'],
    'lines of orders that the vendor canceled for lack of stock; only with `sellableStock.oversell`',
  ),
  waldstream_notifications_total: counter(
    ['recipient', 'outcome', 'code'],
    'attempts to send a notification: sent, or failed with `code`',
  ),
  waldstream_outgoing_events_total: counter(
    ['subscription', 'outcome', 'code'],
    'attempts to send an outgoing event: sent, or failed with `code`',
  ),
  waldstream_circuit_open: gauge(['stage', 'system'], '1 while the system does not answer and deliveries are paused'),
  waldstream_circuit_waiting: gauge(['stage', 'system'], 'deliveries that wait for the system to answer again'),

  waldstream_read_age_seconds: installationGauge(
    ['read'],
    'time since the end of the last run that read its whole window',
  ),
  waldstream_read_interval_seconds: installationGauge(['read'], 'time between runs by the current schedule'),
  waldstream_read_healthy: installationGauge(
    ['read'],
    '1 if its last run was good, else 0; absent while it is switched off',
  ),
  waldstream_entities: installationGauge(
    ['connection', 'entity', 'state'],
    'entities that are processing, waiting or failed, counted up to 1,000',
  ),
  waldstream_entities_oldest_seconds: installationGauge(
    ['connection', 'entity', 'state'],
    'how long the oldest of them has been in this state',
  ),
  waldstream_orders_late: installationGauge(
    ['connection'],
    'orders in processing for more than 5 minutes, counted up to 1,000',
  ),
  waldstream_orders_held: installationGauge(['connection'], 'orders that a person holds'),
  waldstream_parked_records: installationGauge(
    ['stage', 'connection'],
    'records that wait, with their offsets committed',
  ),
  waldstream_paused: installationGauge(
    ['stage', 'connection', 'code'],
    '1 for each connection paused at a stage, or system whose reads are paused',
  ),
  waldstream_open_dead_letters: installationGauge(
    ['stage', 'connection', 'code'],
    'dead letters that are neither resolved nor discarded',
  ),
  waldstream_open_dead_letters_oldest_seconds: installationGauge(
    ['stage', 'connection', 'code'],
    'time since the first failure of the oldest open dead letter',
  ),
  waldstream_feed_pull_age_seconds: installationGauge(
    ['connection', 'feed', 'reader'],
    'time since the reader last pulled the feed',
  ),
  waldstream_feed_pull_lag_seconds: installationGauge(
    ['connection', 'feed', 'reader'],
    'age after which every change was delivered to the reader; absent until it has caught up once',
  ),
  waldstream_recipient_failing_seconds: installationGauge(
    ['recipient'],
    'time since a notification first failed to reach the recipient; 0 while they arrive',
  ),
  waldstream_subscription_lag_seconds: installationGauge(
    ['subscription'],
    'time since the oldest event that the subscription has not acknowledged; 0 without one',
  ),
  waldstream_oversold_skus: installationGauge(
    ['connection'],
    'SKUs of which more was sold than the vendor has, 100 at most; only with `sellableStock`',
  ),
  waldstream_subscription_failing_seconds: installationGauge(
    ['subscription'],
    'time since an event of the subscription first failed to arrive, was refused or could not be read; 0 while all arrive',
  ),
  waldstream_subscription_waiting_events: installationGauge(
    ['subscription'],
    'events that wait because the receiver refuses them, or an earlier one of their order or SKU',
  ),
  waldstream_tables_look_seconds: installationGauge([], 'duration of the last read of the tables for these metrics'),
  waldstream_tables_look_age_seconds: installationGauge([], 'time since that read'),
} as const satisfies Readonly<Record<string, MetricDefinition>>

export type MetricName = keyof typeof metricList

type NamesOf<K extends MetricDefinition['kind']> = {
  [N in MetricName]: (typeof metricList)[N]['kind'] extends K ? N : never
}[MetricName]

export type CounterName = NamesOf<'counter'>
export type HistogramName = NamesOf<'histogram'>
export type GaugeName = NamesOf<'gauge'>

/** The labels of a metric, each with a value; empty when none applies. */
export type Labels<N extends MetricName> = Readonly<Record<(typeof metricList)[N]['labels'][number], string>>

export const metricNames = Object.keys(metricList) as readonly MetricName[]
