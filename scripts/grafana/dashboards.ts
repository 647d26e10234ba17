import { chart, type Dashboard, list, query, stat, type Variable } from './panels.ts'

const RATE = '[$__rate_interval]'

/** A quantile of a histogram over the shown interval, by some of its labels. */
function quantile(of: number, metric: string, labels: string, by: string): string {
  return `histogram_quantile(${of}, sum by (le, ${by}) (rate(${metric}_bucket${labels}${RATE})))`
}

/** Problems, throughput and latency. */
const overview: Dashboard = {
  uid: 'waldstream-overview',
  title: 'Waldstream: overview',
  description: 'Problems that need a person, throughput and latency.',
  variables: [],
  sections: [
    {
      title: 'Needs somebody',
      panels: [
        stat(
          'Processes not ready',
          'GET /health/ready of each names the reason.',
          'short',
          'count(waldstream_ready == 0) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Orders late',
          'Orders in processing for more than 5 minutes. The overview of the control tower names the stage.',
          'short',
          'sum(max by (connection) (waldstream_orders_late)) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Open dead letters',
          'Records that failed. `waldstream dead-letters list --group` lists the causes.',
          'short',
          'sum(max by (stage, connection, code) (waldstream_open_dead_letters)) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Paused',
          'Connections that a stage holds, and systems whose reads are held. `waldstream status` has the reason.',
          'short',
          'sum(max by (stage, connection, code) (waldstream_paused)) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Systems down',
          'Systems that do not answer. Their deliveries wait and continue by themselves.',
          'short',
          'count(max by (system) (waldstream_circuit_open) == 1) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Order lines unaccounted',
          'Must be 0 (Guarantee 7). The log of route-orders names the order.',
          'short',
          'sum(increase(waldstream_order_lines_unaccounted_total[$__range])) or vector(0)',
          { redFrom: 1 },
        ),
      ],
    },
    {
      title: 'Flow',
      panels: [
        chart(
          'Delivered',
          'Entities delivered, or written into the feed, per minute.',
          'cpm',
          query(
            `60 * sum by (connection, entity) (rate(waldstream_results_total{outcome="succeeded"}${RATE}))`,
            '{{connection}} {{entity}}',
          ),
        ),
        chart(
          'Failed',
          'Failed entities per minute, by error code (docs/reference/errors.md).',
          'cpm',
          query(
            `60 * sum by (connection, code) (rate(waldstream_results_total{outcome="failed"}${RATE}))`,
            '{{connection}} {{code}}',
          ),
        ),
        chart(
          'End to end, p95',
          'Time from a change at the source until its delivery, or until it is in the feed.',
          's',
          query(quantile(0.95, 'waldstream_end_to_end_seconds', '', 'connection, entity'), '{{connection}} {{entity}}'),
        ),
        chart(
          'Freshness, p95',
          'Time from a change at the source until it was read.',
          's',
          query(quantile(0.95, 'waldstream_freshness_seconds', '', 'connection, entity'), '{{connection}} {{entity}}'),
        ),
      ],
    },
    {
      title: 'Reads and feeds',
      panels: [
        chart(
          'Age of each read, in intervals',
          'Time since the last complete run divided by the interval of the schedule. More than 3: the read is overdue.',
          'short',
          query(
            'max by (read) (waldstream_read_age_seconds) / max by (read) (waldstream_read_interval_seconds)',
            '{{read}}',
          ),
        ),
        chart(
          'Time since each feed was pulled',
          'A shop that stops pulling sells from outdated stock.',
          's',
          query(
            'max by (connection, feed, reader) (waldstream_feed_pull_age_seconds)',
            '{{connection}} {{feed}} {{reader}}',
          ),
        ),
        list(
          'Open dead letters by cause',
          'Number of open dead letters. `waldstream dead-letters list --group` shows how to fix each cause.',
          'short',
          'max by (stage, connection, code) (waldstream_open_dead_letters) > 0',
        ),
        chart(
          'Notifications',
          'Attempts per minute to notify each recipient, by outcome.',
          'cpm',
          query(
            `60 * sum by (recipient, outcome, code) (rate(waldstream_notifications_total${RATE}))`,
            '{{recipient}} {{outcome}} {{code}}',
          ),
        ),
        list(
          'Recipients that notifications do not reach',
          'Time since a notification first failed. `waldstream notifications list` says why.',
          's',
          'max by (recipient) (waldstream_recipient_failing_seconds) > 0',
        ),
        chart(
          'Outgoing events',
          'Attempts per minute to send events to each subscription, by outcome.',
          'cpm',
          query(
            `60 * sum by (subscription, outcome, code) (rate(waldstream_outgoing_events_total${RATE}))`,
            '{{subscription}} {{outcome}} {{code}}',
          ),
        ),
        list(
          'Subscriptions that are behind',
          'Time since the first event that is not acknowledged, or since the first attempt that failed. `waldstream subscriptions list` says why.',
          's',
          'max by (subscription) (waldstream_subscription_lag_seconds) > 0 or max by (subscription) (waldstream_subscription_failing_seconds) > 0',
        ),
        list(
          'Outgoing events that wait',
          'Events whose receiver refused them, with a growing pause between attempts. `waldstream subscriptions skip` gives one up.',
          'short',
          'max by (subscription) (waldstream_subscription_waiting_events) > 0',
        ),
        list(
          'Paused connections',
          'Each with the stage and the error code. `waldstream pauses resume` continues it at once.',
          'short',
          'max by (stage, connection, code) (waldstream_paused) > 0',
        ),
      ],
    },
  ],
}

const connectionVariable: Variable = {
  name: 'connection',
  label: 'Connection',
  metric: 'waldstream_results_total',
  of: 'connection',
}

const OF_CONNECTION = '{connection=~"$connection"}'

/** Throughput, waits and failures of one or several connections. */
const connection: Dashboard = {
  uid: 'waldstream-connection',
  title: 'Waldstream: connection',
  description: 'Throughput, waits and failures of the chosen connections.',
  variables: [connectionVariable],
  sections: [
    {
      title: 'Now',
      panels: [
        stat(
          'Orders late',
          'Orders in processing for more than 5 minutes, counted up to 1,000.',
          'short',
          `sum(max by (connection) (waldstream_orders_late${OF_CONNECTION})) or vector(0)`,
          { redFrom: 1 },
        ),
        stat(
          'Orders held',
          'Orders that somebody holds: `waldstream order holds`.',
          'short',
          `sum(max by (connection) (waldstream_orders_held${OF_CONNECTION})) or vector(0)`,
        ),
        stat(
          'Waiting',
          'Entities that wait, for example for a product that the ERP lacks.',
          'short',
          'sum(max by (connection, entity) (waldstream_entities{connection=~"$connection", state="waiting"})) or vector(0)',
        ),
        stat(
          'Failed',
          'Entities that failed and that nobody has retried or discarded.',
          'short',
          'sum(max by (connection, entity) (waldstream_entities{connection=~"$connection", state="failed"})) or vector(0)',
          { redFrom: 1 },
        ),
        stat(
          'Parked records',
          'Records that wait for their next attempt, with their offsets committed.',
          'short',
          `sum(max by (stage, connection) (waldstream_parked_records${OF_CONNECTION})) or vector(0)`,
        ),
        stat(
          'Paused',
          'Stages that hold this connection. `waldstream status` has the reason.',
          'short',
          `sum(max by (stage, connection, code) (waldstream_paused${OF_CONNECTION})) or vector(0)`,
          { redFrom: 1 },
        ),
      ],
    },
    {
      title: 'Results',
      panels: [
        chart(
          'Results by outcome',
          'Reports of all stages per minute: new, processing, succeeded, failed, waiting, ignored, superseded.',
          'cpm',
          query(
            `60 * sum by (entity, outcome) (rate(waldstream_results_total${OF_CONNECTION}${RATE}))`,
            '{{entity}} {{outcome}}',
          ),
        ),
        chart(
          'Failed, waiting and ignored by code',
          'Reports per minute by error code.',
          'cpm',
          query(
            `60 * sum by (stage, outcome, code) (rate(waldstream_results_total{connection=~"$connection", outcome=~"failed|waiting|ignored"}${RATE}))`,
            '{{stage}} {{outcome}} {{code}}',
          ),
        ),
        chart(
          'End to end',
          'Time from a change at the source until its delivery, or until it is in the feed.',
          's',
          query(quantile(0.5, 'waldstream_end_to_end_seconds', OF_CONNECTION, 'entity'), '{{entity}} p50'),
          query(quantile(0.95, 'waldstream_end_to_end_seconds', OF_CONNECTION, 'entity'), '{{entity}} p95'),
        ),
        chart(
          'Freshness',
          'Time from a change at the source until it was read.',
          's',
          query(quantile(0.5, 'waldstream_freshness_seconds', OF_CONNECTION, 'entity'), '{{entity}} p50'),
          query(quantile(0.95, 'waldstream_freshness_seconds', OF_CONNECTION, 'entity'), '{{entity}} p95'),
        ),
        chart(
          'Oldest entity by state',
          'How long the oldest entity has been processing, waiting or failed.',
          's',
          query(`max by (entity, state) (waldstream_entities_oldest_seconds${OF_CONNECTION})`, '{{entity}} {{state}}'),
        ),
        chart(
          'Entities by state',
          'Entities that are processing, waiting or failed, counted up to 1,000.',
          'short',
          query(`max by (entity, state) (waldstream_entities${OF_CONNECTION})`, '{{entity}} {{state}}'),
        ),
      ],
    },
    {
      title: 'Deliveries and dead letters',
      panels: [
        chart(
          'New dead letters',
          'Records per minute that went to the dead letters.',
          'cpm',
          query(
            `60 * sum by (stage, code) (rate(waldstream_dead_letters_total${OF_CONNECTION}${RATE}))`,
            '{{stage}} {{code}}',
          ),
        ),
        chart(
          'Age of the oldest open dead letter',
          'Time since the first failure of the oldest dead letter that is open.',
          's',
          query(
            `max by (stage, code) (waldstream_open_dead_letters_oldest_seconds${OF_CONNECTION})`,
            '{{stage}} {{code}}',
          ),
        ),
        chart(
          'Delivery retries',
          'Deliveries per minute that were retried in place.',
          'cpm',
          query(
            `60 * sum by (stage, code) (rate(waldstream_delivery_retries_total${OF_CONNECTION}${RATE}))`,
            '{{stage}} {{code}}',
          ),
        ),
        chart(
          'Calls saved',
          'Deliveries per minute that needed no call, because nothing changed or a newer version was delivered.',
          'cpm',
          query(
            `60 * sum by (stage, reason) (rate(waldstream_deliveries_saved_total${OF_CONNECTION}${RATE}))`,
            '{{stage}} {{reason}}',
          ),
        ),
        chart(
          'Lag of feed readers',
          'The reader has received everything that changed longer ago than this.',
          's',
          query(`max by (feed, reader) (waldstream_feed_pull_lag_seconds${OF_CONNECTION})`, '{{feed}} {{reader}}'),
        ),
        chart(
          'Oversold',
          'SKUs of which more was sold than the vendor has, and lines that it canceled for lack of stock in the last hour.',
          'short',
          query(`max by (connection) (waldstream_oversold_skus${OF_CONNECTION})`, 'SKUs of {{connection}}'),
          query(
            `sum by (connection) (increase(waldstream_oversold_total${OF_CONNECTION}[1h]))`,
            'canceled lines of {{connection}}',
          ),
        ),
      ],
    },
  ],
}

/** Processes, consumers and calls to accounts. */
const runtime: Dashboard = {
  uid: 'waldstream-runtime',
  title: 'Waldstream: runtime',
  description: 'Processes, consumer groups, reads and calls to accounts.',
  variables: [],
  sections: [
    {
      title: 'Consumers',
      panels: [
        chart(
          'Lag of each group, by age',
          'Age of the oldest record that a group has not finished. Add processes where it grows.',
          's',
          query('max by (group) (waldstream_consumer_lag_seconds)', '{{group}}'),
        ),
        chart(
          'Lag of each group, in records',
          'Records of owned partitions that are not finished.',
          'short',
          query('sum by (group) (waldstream_consumer_lag_records)', '{{group}}'),
        ),
        chart(
          'Records finished',
          'Records per minute that a stage has finished and committed.',
          'cpm',
          query(`60 * sum by (stage) (rate(waldstream_stage_records_total${RATE}))`, '{{stage}}'),
        ),
        chart(
          'Time of a batch, p95',
          'Time that a batch took, with its retries.',
          's',
          query(quantile(0.95, 'waldstream_stage_batch_seconds', '', 'stage'), '{{stage}}'),
        ),
        chart(
          'Batch retries and consumer failures',
          'Retries of whole batches, and restarts of consumers, per minute.',
          'cpm',
          query(`60 * sum by (stage, code) (rate(waldstream_batch_retries_total${RATE}))`, 'retry {{stage}} {{code}}'),
          query(
            `60 * sum by (stage, code) (rate(waldstream_consumer_failures_total${RATE}))`,
            'failure {{stage}} {{code}}',
          ),
        ),
        list(
          'Stages that are down',
          'A consumer that is down, or a batch that keeps failing.',
          'short',
          'max by (stage) (waldstream_stage_up) == 0',
        ),
      ],
    },
    {
      title: 'Reads',
      panels: [
        chart(
          'Rows read',
          'Entities of runs per minute: published, unchanged or unreadable.',
          'cpm',
          query(`60 * sum by (read, outcome) (rate(waldstream_read_rows_total${RATE}))`, '{{read}} {{outcome}}'),
        ),
        chart(
          'Proofs of windows, rows read again',
          'Windows per minute by their proof, and rows that a proof missed.',
          'cpm',
          query(`60 * sum by (read, proof) (rate(waldstream_window_proofs_total${RATE}))`, '{{read}} {{proof}}'),
          query(`60 * sum by (read) (rate(waldstream_read_again_rows_total${RATE}))`, '{{read}} read again'),
        ),
        chart(
          'Runs',
          'Runs per minute by how they ended.',
          'cpm',
          query(`60 * sum by (read, end) (rate(waldstream_runs_total${RATE}))`, '{{read}} {{end}}'),
        ),
        chart(
          'Retries of reads',
          'Pages and proofs per minute that were requested once more.',
          'cpm',
          query(`60 * sum by (read, code) (rate(waldstream_read_retries_total${RATE}))`, '{{read}} {{code}}'),
        ),
      ],
    },
    {
      title: 'Calls to accounts',
      panels: [
        chart(
          'Calls',
          'Calls per minute by account and error code; no code: success.',
          'cpm',
          query(`60 * sum by (account, code) (rate(waldstream_calls_total${RATE}))`, '{{account}} {{code}}'),
        ),
        chart(
          'Rejections by limits',
          'Calls per minute that the account rejected by its limits.',
          'cpm',
          query(`60 * sum by (account) (rate(waldstream_calls_total{code="rate_limited"}${RATE}))`, '{{account}}'),
        ),
        chart(
          'Time of a call, p95',
          'Time of the call itself, and time that it waited for its turn.',
          's',
          query(quantile(0.95, 'waldstream_call_seconds', '', 'account'), '{{account}}'),
          query(quantile(0.95, 'waldstream_call_turn_seconds', '', 'account'), '{{account}} turn'),
        ),
        chart(
          'Concurrency',
          'Calls under way, waiting, and allowed at once; the allowed number falls after rejections.',
          'short',
          query('sum by (account) (waldstream_calls_running)', '{{account}} running'),
          query('sum by (account) (waldstream_calls_waiting)', '{{account}} waiting'),
          query('max by (account) (waldstream_calls_allowed)', '{{account}} allowed'),
        ),
        chart(
          'Pause of an account',
          'How long calls to the account pause because it rate limits.',
          's',
          query('max by (account) (waldstream_account_rest_seconds)', '{{account}}'),
        ),
        chart(
          'Circuits',
          'Deliveries that wait because the system does not answer.',
          'short',
          query('max by (stage, system) (waldstream_circuit_waiting)', '{{system}} {{stage}}'),
        ),
      ],
    },
    {
      title: 'Processes',
      panels: [
        chart(
          'CPU',
          'Cores that a process uses. A Node process uses one core for its JavaScript.',
          'short',
          query(`rate(process_cpu_seconds_total{job="waldstream"}${RATE})`, '{{instance}}'),
        ),
        chart(
          'Memory',
          'Resident memory and used heap.',
          'bytes',
          query('process_resident_memory_bytes{job="waldstream"}', '{{instance}}'),
          query('nodejs_heap_size_used_bytes{job="waldstream"}', '{{instance}} heap'),
        ),
        chart(
          'Event loop delay, p99',
          'How late timers ran. More than a second: heartbeats may be late.',
          's',
          query('nodejs_eventloop_lag_p99_seconds{job="waldstream"}', '{{instance}}'),
        ),
        chart(
          'Garbage collection',
          'Share of the time spent in garbage collection.',
          'percentunit',
          query(`sum by (instance) (rate(nodejs_gc_duration_seconds_sum{job="waldstream"}${RATE}))`, '{{instance}}'),
        ),
        chart(
          'Reading of the tables',
          'Age of the numbers that come from the tables, and duration of the last reading.',
          's',
          query('max(waldstream_tables_look_age_seconds)', 'age'),
          query('max(waldstream_tables_look_seconds)', 'took'),
        ),
        list(
          'Versions',
          'Processes by version and role. Two versions: an upgrade is under way.',
          'short',
          'count by (version, role) (waldstream_info)',
        ),
      ],
    },
  ],
}

/** Every dashboard, by file name. */
export const dashboards: ReadonlyMap<string, Dashboard> = new Map([
  ['overview', overview],
  ['connection', connection],
  ['runtime', runtime],
])
