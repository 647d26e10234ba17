/** What a metric is. Its unit is the end of its name; labels have values from the configuration or of closed lists. */
export interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly labels: readonly string[]
  readonly help: string
  /** `process`: of the process that is asked. `installation`: of all of it, exported by processes with the API. */
  readonly of: 'process' | 'installation'
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[]
}

/** Seconds of one piece of work: a batch, a call. */
const WORK = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const
/** Seconds between two systems: from at once to a day. */
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
 * Every metric of ours, each declared once: what the code may count, what `/metrics` answers and the tables of
 * docs/reference/metrics.md are made from it. `nodejs_…` and `process_…` beside them are the library's own.
 */
export const metricList = {
  waldstream_info: gauge(['version', 'role'], 'always 1: a role that runs in the process, and its version'),
  waldstream_live: gauge([], '1 while `/health/live` answers 200'),
  waldstream_ready: gauge([], '1 while `/health/ready` answers 200'),

  waldstream_stage_up: gauge(
    ['stage'],
    '1 while the stage works, 0 while its consumer is down or a batch keeps failing',
  ),
  waldstream_stage_records_total: counter(['stage'], 'records that came in, were finished and are committed'),
  waldstream_stage_batch_seconds: histogram(['stage'], WORK, 'time that a batch took, with its retries'),
  waldstream_results_total: counter(
    ['stage', 'connection', 'entity', 'outcome', 'code'],
    'what became of entities at a stage or read: new, processing (sent on), succeeded, failed, waiting, ignored or superseded; `code` says why',
  ),
  waldstream_records_sent_total: counter(['topic'], 'records that the broker has acknowledged'),
  waldstream_dead_letters_total: counter(['stage', 'connection', 'code'], 'records that went to the dead letters'),
  waldstream_batch_retries_total: counter(['stage', 'code'], 'retries of whole batches'),
  waldstream_consumer_failures_total: counter(['stage', 'code'], 'failures of a consumer, each followed by a restart'),
  waldstream_consumer_lag_records: gauge(
    ['group', 'topic', 'partition'],
    'records of an owned partition that are not finished, as of its last known end',
  ),
  waldstream_consumer_lag_seconds: gauge(
    ['group', 'topic', 'partition'],
    'age of the oldest of these, by its append time; 0 where there is none',
  ),
  waldstream_end_to_end_seconds: histogram(
    ['connection', 'entity'],
    WAY,
    'time from a change at the source until it was delivered, or is in the feed',
  ),
  waldstream_freshness_seconds: histogram(
    ['connection', 'entity'],
    WAY,
    'time from a change at the source until it was read, counted when it is delivered',
  ),
  waldstream_order_lines_unaccounted_total: counter(
    [],
    'lines of orders that are in no party, or in several: must stay 0 (Guarantee 7)',
  ),

  waldstream_read_rows_total: counter(
    ['read', 'outcome'],
    'entities of runs: published, unchanged (not sent again) or unreadable',
  ),
  waldstream_read_again_rows_total: counter(
    ['read'],
    'rows that were read again, since the proof of a window missed some',
  ),
  waldstream_read_retries_total: counter(['read', 'code'], 'pages and proofs that were asked for once more'),
  waldstream_window_proofs_total: counter(['read', 'proof'], 'windows that were read: proven, unlisted or incomplete'),
  waldstream_runs_total: counter(['read', 'end'], 'runs: ended, incomplete, failed or canceled'),

  waldstream_calls_total: counter(
    ['account', 'kind', 'code'],
    'calls to an account; `code` is empty for a good answer, and `rate_limited` for a rejection by its limits',
  ),
  waldstream_call_seconds: histogram(['account', 'kind'], WORK, 'time that a call took'),
  waldstream_call_turn_seconds: histogram(['account', 'kind'], WORK, 'time that a call waited for its turn before'),
  waldstream_calls_running: gauge(['account'], 'calls under way'),
  waldstream_calls_waiting: gauge(['account'], 'calls that wait for their turn'),
  waldstream_calls_allowed: gauge(['account'], 'calls that may be under way at once: fewer after rejections'),
  waldstream_account_rest_seconds: gauge(['account'], 'how long the account is left alone, since it asked for it'),
  waldstream_delivery_retries_total: counter(
    ['stage', 'connection', 'code'],
    'deliveries that were tried again in place',
  ),
  waldstream_deliveries_saved_total: counter(
    ['stage', 'connection', 'reason'],
    'deliveries that needed no call: unchanged, or older than what was delivered',
  ),
  waldstream_notifications_total: counter(
    ['recipient', 'outcome', 'code'],
    'attempts to send a notification: sent, or failed with `code`',
  ),
  waldstream_circuit_open: gauge(['stage', 'system'], '1 while deliveries pause, since the system does not answer'),
  waldstream_circuit_waiting: gauge(['stage', 'system'], 'deliveries that wait for the system to answer again'),

  waldstream_read_age_seconds: installationGauge(
    ['read'],
    'time since the end of the last run that read all of its window',
  ),
  waldstream_read_interval_seconds: installationGauge(['read'], 'time between runs by the schedule, now'),
  waldstream_read_healthy: installationGauge(
    ['read'],
    '1 while its last run was good, 0 else; absent while it is switched off',
  ),
  waldstream_entities: installationGauge(
    ['connection', 'entity', 'state'],
    'entities that are processing, waiting or failed, counted up to 1,000',
  ),
  waldstream_entities_oldest_seconds: installationGauge(
    ['connection', 'entity', 'state'],
    'how long the first of them has been so',
  ),
  waldstream_orders_late: installationGauge(
    ['connection'],
    'orders in processing for more than 5 minutes, counted up to 1,000',
  ),
  waldstream_orders_held: installationGauge(['connection'], 'orders that somebody holds'),
  waldstream_parked_records: installationGauge(
    ['stage', 'connection'],
    'records that wait with their offsets committed',
  ),
  waldstream_paused: installationGauge(
    ['stage', 'connection', 'code'],
    '1 for each connection that a stage holds, or system whose reads are held',
  ),
  waldstream_open_dead_letters: installationGauge(
    ['stage', 'connection', 'code'],
    'dead letters that nobody has seen to',
  ),
  waldstream_open_dead_letters_oldest_seconds: installationGauge(
    ['stage', 'connection', 'code'],
    'time since the first failure of the oldest of them',
  ),
  waldstream_feed_pull_age_seconds: installationGauge(
    ['connection', 'feed', 'reader'],
    'time since the reader last pulled the feed',
  ),
  waldstream_feed_pull_lag_seconds: installationGauge(
    ['connection', 'feed', 'reader'],
    'everything that changed so long ago was given to the reader; absent until it has caught up once',
  ),
  waldstream_recipient_failing_seconds: installationGauge(
    ['recipient'],
    'time since a notification first failed to reach the recipient; 0 while they arrive',
  ),
  waldstream_tables_look_seconds: installationGauge([], 'time that the look at the tables took which these are of'),
  waldstream_tables_look_age_seconds: installationGauge([], 'time since that look'),
} as const satisfies Readonly<Record<string, MetricDefinition>>

export type MetricName = keyof typeof metricList

type NamesOf<K extends MetricDefinition['kind']> = {
  [N in MetricName]: (typeof metricList)[N]['kind'] extends K ? N : never
}[MetricName]

export type CounterName = NamesOf<'counter'>
export type HistogramName = NamesOf<'histogram'>
export type GaugeName = NamesOf<'gauge'>

/** The labels of a metric, each with a value; empty where it is of none. */
export type Labels<N extends MetricName> = Readonly<Record<(typeof metricList)[N]['labels'][number], string>>

export const metricNames = Object.keys(metricList) as readonly MetricName[]
