/** What is to be reached: the ratio of our figure to the other one, at least or at most. */
export type Goal = { readonly least: number } | { readonly most: number }

/** One line of the table. */
export interface RowDefinition {
  readonly id: string
  readonly measure: string
  readonly unit: string
  /** What it is held against: what a user would pick instead, or what can't be surpassed. */
  readonly against: string
  readonly goal: Goal
}

const STREAMS = 'Kafka Streams, one thread'
const CHAIN = 'a bare chain produce, consume, PutItem, Query'

/** Every line there is to be, measured by this bench or not. */
export const rows = [
  {
    id: 'route-speed',
    measure: 'route-orders, topic to topic, one process, all guarantees',
    unit: 'orders/s',
    against: STREAMS,
    goal: { least: 1 },
  },
  { id: 'route-cpu', measure: 'the same: CPU an order', unit: 'µs', against: STREAMS, goal: { most: 1 } },
  {
    id: 'route-remembering',
    measure: 'the same, the peer with a store of the vendors of each order',
    unit: 'orders/s',
    against: `${STREAMS}, RocksDB and changelog`,
    goal: { least: 1.2 },
  },
  {
    id: 'route-workers',
    measure: 'route-orders with a worker for each core',
    unit: 'orders/s',
    against: 'Kafka Streams, two threads',
    goal: { least: 1 },
  },
  {
    id: 'route-python',
    measure: 'route-orders, one process',
    unit: 'orders/s',
    against: 'Python, confluent-kafka and fastavro',
    goal: { least: 8 },
  },
  { id: 'map', measure: 'map-inventory', unit: 'events/s', against: 'a bare kafkajs loop', goal: { least: 0.8 } },
  {
    id: 'project-each',
    measure: 'inventory projection, skewed changes',
    unit: 'events/s',
    against: 'a conditional write for each event',
    goal: { least: 3 },
  },
  {
    id: 'project-ceiling',
    measure: 'inventory projection, skewed changes',
    unit: 'events/s',
    against: 'conditional writes alone, one for each row of 500 events',
    goal: { least: 0.9 },
  },
  {
    id: 'rebuild',
    measure: 'rebuild of a feed table',
    unit: 'rows/s',
    against: 'BatchWriteItem',
    goal: { least: 0.9 },
  },
  {
    id: 'feed-page',
    measure: 'feed page of 500 rows, over HTTP',
    unit: 'pages/s',
    against: 'a bare Query of 500 items',
    goal: { least: 0.8 },
  },
  {
    id: 'feed-page-large',
    measure: 'time of a feed page on 1,000,000 rows',
    unit: 'ms',
    against: 'on 1,000 rows',
    goal: { most: 1.2 },
  },
  {
    id: 'feed-page-far',
    measure: 'time of the last page of these 1,000,000 rows',
    unit: 'ms',
    against: 'of their first page',
    goal: { most: 1.2 },
  },
  {
    id: 'feed-poll',
    measure: 'feed poll with nothing new',
    unit: 'polls/s',
    against: 'a bare Fastify route with the same bytes',
    goal: { least: 0.5 },
  },
  {
    id: 'freshness-p50',
    measure: 'change at the source until a reader has it, 200 changes/s: p50',
    unit: 'ms',
    against: CHAIN,
    goal: { most: 2 },
  },
  { id: 'freshness-p99', measure: 'the same: p99', unit: 'ms', against: CHAIN, goal: { most: 2 } },
  {
    id: 'order-throughput',
    measure: 'orders accepted by an ERP that answers in 50 ms',
    unit: 'orders/s',
    against: "what the ERP's concurrency allows",
    goal: { least: 0.95 },
  },
  {
    id: 'order-p99',
    measure: 'in the shop until accepted, p99',
    unit: 'ms',
    against: 'what its calls take, one after the other',
    goal: { most: 2 },
  },
  {
    id: 'quiet-catalog',
    measure: 'calls to the ERP for a quiet catalog of 500,000 SKUs',
    unit: 'calls',
    against: 'of 1,000 SKUs',
    goal: { most: 1 },
  },
  {
    id: 'memory',
    measure: 'memory with 1,000,000 events behind',
    unit: 'MB',
    against: 'idle',
    goal: { most: 1.3 },
  },
  {
    id: 'fifty-reads',
    measure: 'table reads of 50 idle connections',
    unit: 'reads/s',
    against: 'of 2 connections',
    goal: { most: 2 },
  },
  {
    id: 'fifty-cpu',
    measure: 'CPU of 50 idle connections',
    unit: '%',
    against: 'of 2 connections',
    goal: { most: 2 },
  },
  {
    id: 'fifty-order',
    measure: 'a new order with 50 connections, from its read until accepted',
    unit: 'ms',
    against: 'with 2 connections',
    goal: { most: 1.5 },
  },
  {
    id: 'start',
    measure: 'start of a worker until its first record',
    unit: 's',
    against: 'a bare kafkajs consumer',
    goal: { most: 2 },
  },
] as const satisfies readonly RowDefinition[]

export type RowId = (typeof rows)[number]['id']

/** What was measured for a row; medians of the rounds. */
export interface Measurement {
  readonly value: number
  readonly theirs: number
  readonly ratio: number
  readonly rounds: number
  /** What is different from what the row says. */
  readonly note?: string
}

/** Why there is no figure. */
export interface NotMeasured {
  readonly why: string
}

export type Measurements = Partial<Record<RowId, Measurement | NotMeasured>>

export function isMet(goal: Goal, ratio: number): boolean {
  return 'least' in goal ? ratio >= goal.least : ratio <= goal.most
}
