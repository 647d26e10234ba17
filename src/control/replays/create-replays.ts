import { randomUUID } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import { text4 } from '../../events/decimal.ts'
import { type Amount, totalsByCurrency } from '../../events/order-amounts.ts'
import { isoTime } from '../../events/times.ts'
import type { Clock } from '../../platform/clock.ts'
import { type Jobs, jobId } from '../../platform/jobs.ts'
import type { LogAdmin } from '../../platform/kafka/event-log.ts'
import { NEW_REPLAY, openStates, type Replay, type ReplayConfiguration, type ReplayFilter } from './replay.ts'
import { type EventDetail, type EventPlace, type SelectDeps, selectEvents, sourcesOf } from './select-events.ts'

/** Default number of events per second. */
export const USUAL_REPLAY_RATE = 500

/** A topic (without prefix) and the stage that consumes it. */
export interface ReplayTarget {
  readonly topic: string
  readonly processor: string
}

export interface ReplayRequest extends ReplayTarget, ReplayFilter {
  readonly trigger: string
  readonly by: string | null
  readonly reason: string | null
  readonly rate: number
}

export interface ReplayPreview extends ReplayTarget {
  /** Matching events, and their distinct keys. */
  readonly events: number
  readonly keys: number
  /** Events that would be sent. */
  readonly to_send: number
  /** Of those, for each connection. */
  readonly connections: Readonly<Record<string, number>>
  /** Minimum duration at the rate. */
  readonly seconds: number
  /** Exact totals of the orders among them, by currency; empty: no orders. */
  readonly amounts: readonly Amount[]
  /** The newest of those that would be sent. */
  readonly samples: readonly ReplaySample[]
  /** Systems that the events were read from. */
  readonly sources: readonly string[]
}

export interface ReplaySample {
  readonly place: EventPlace
  readonly key: string
  readonly source: string
  /** Null: from a source topic, for all connections that read it. */
  readonly connection: string | null
  /** ISO 8601; null: its source does not give one. */
  readonly occurred_at: string | null
  readonly deleted: boolean
  /** Null: not an order. */
  readonly amount: Amount | null
}

/** Samples of a preview. */
const MOST_SAMPLES = 10

/** Replays of stored events, shared by the API and the command. */
export interface Replays {
  /** Throws `request_invalid` for a topic that the processor does not consume, and for an unknown connection. */
  request(request: ReplayRequest): Promise<Replay>
  preview(request: ReplayRequest): Promise<ReplayPreview>
  list(limit: number): Promise<readonly Replay[]>
  /** Throws `not_found`. */
  get(id: string): Promise<Replay>
  /** Ends it after the current chunk. Throws `not_found`, and `state_conflict` for one that has ended. */
  cancel(id: string): Promise<Replay>
}

export interface ReplaysDeps extends SelectDeps {
  /** As the tables have it now. */
  readonly readConfiguration: () => Promise<ReplayConfiguration>
  readonly admin: LogAdmin
  readonly clock: Pick<Clock, 'now'>
  readonly jobs: Jobs<Replay>
  /** What can be replayed, with the systems configured now. */
  readonly targets: () => Promise<readonly ReplayTarget[]>
}

export function createReplays(deps: ReplaysDeps): Replays {
  const { jobs, clock } = deps
  const get = async (id: string): Promise<Replay> => {
    const job = await jobs.get(id)
    if (job !== undefined) return job
    throw new StreamError('not_found', `id: there is no replay "${id}"; "waldstream replay list" has them`, {
      field: 'id',
    })
  }
  return {
    get,
    list: (limit) => jobs.list(limit),
    async request(request) {
      await check(deps, request)
      const now = clock.now()
      const job = newReplay(request, jobId('replay', now, randomUUID().slice(0, 8)), now)
      await jobs.create(job)
      return await get(job.id)
    },
    preview: (request) => preview(deps, request),
    async cancel(id) {
      for (;;) {
        const job = await get(id)
        if (!openStates.includes(job.state)) {
          throw new StreamError('state_conflict', `replay ${id} is already ${job.state} (${job.ended_at})`, {
            field: 'id',
          })
        }
        const canceled = await jobs.change(job, { cancel: true })
        if (canceled !== null) return canceled
      }
    },
  }
}

/** The row of a request that was made at a time. */
export function newReplay(request: ReplayRequest, id: string, at: number): Replay {
  return { ...NEW_REPLAY, ...request, id, requested_at: new Date(at).toISOString() }
}

async function check(
  { targets, readConfiguration }: ReplaysDeps,
  { topic, processor, connection }: ReplayRequest,
): Promise<void> {
  const known = await targets()
  const ofTopic = known.filter((target) => target.topic === topic)
  if (ofTopic.length === 0) {
    const topics = [...new Set(known.map((target) => target.topic))].join(', ')
    throw requestInvalidError('topic', `"${topic}" can't be replayed; topics: ${topics}`)
  }
  if (!ofTopic.some((target) => target.processor === processor)) {
    const processors = ofTopic.map((target) => target.processor).join(', ')
    throw requestInvalidError('processor', `"${processor}" does not consume ${topic}; it is consumed by ${processors}`)
  }
  if (connection === null) return
  const { connections } = await readConfiguration()
  if (connections.some(({ id }) => id === connection)) return
  throw requestInvalidError(
    'connection',
    `there is no "${connection}"; connections: ${connections.map(({ id }) => id).join(', ')}`,
  )
}

function requestInvalidError(field: string, message: string): StreamError {
  return new StreamError('request_invalid', `${field}: ${message}`, { field })
}

async function preview(deps: ReplaysDeps, request: ReplayRequest): Promise<ReplayPreview> {
  await check(deps, request)
  const { topic, processor, connection, offsets, rate } = request
  const configuration = await deps.readConfiguration()
  const ends = await deps.admin.ends(deps.topicPrefix + topic)
  const range = ends
    .filter(({ partition }) => offsets === null || offsets[partition] !== undefined)
    .map(({ partition, start, end }) => {
      const { from, to } = offsets?.[partition] ?? { from: start, to: end }
      const [low, high] = [BigInt(from), BigInt(to)]
      return [partition, { from: low > start ? low : start, to: high < end ? high : end }] as const
    })
  const wanted = { ...request, sources: sourcesOf(configuration, topic, connection), present: false, detailed: true }
  const { events, keys, owners, chosen, details } = await selectEvents(deps, wanted, new Map(range))
  const connections: Record<string, number> = {}
  for (const { id } of configuration.connections.filter(({ id }) => connection === null || id === connection)) {
    const sources = sourcesOf(configuration, topic, id)
    const own =
      sources === null ? (owners[id] ?? 0) : [...sources].reduce((sum, source) => sum + (owners[source] ?? 0), 0)
    if (own > 0) connections[id] = own
  }
  return {
    topic,
    processor,
    events,
    keys,
    to_send: chosen,
    connections,
    seconds: Math.ceil(chosen / rate),
    amounts: amountsOf(details),
    samples: samplesOf(details),
    sources: [...new Set(details.map(({ source }) => source))],
  }
}

/** An order counts once per receiver, by its newest version, however many versions are sent. */
function amountsOf(details: readonly EventDetail[]): readonly Amount[] {
  const orders = new Map<string, EventDetail>()
  for (const detail of details) {
    const id = JSON.stringify([detail.connection, detail.source, detail.key])
    const known = orders.get(id)
    if (known === undefined || (detail.occurredAt ?? 0) >= (known.occurredAt ?? 0)) orders.set(id, detail)
  }
  return totalsByCurrency([...orders.values()].flatMap(({ amount }) => (amount === null ? [] : [amount])))
}

function samplesOf(details: readonly EventDetail[]): readonly ReplaySample[] {
  const newest = details.toSorted((a, b) => (b.occurredAt ?? 0) - (a.occurredAt ?? 0)).slice(0, MOST_SAMPLES)
  return newest.map(({ place, key, source, connection, occurredAt, deleted, amount }) => ({
    place,
    key,
    source,
    connection,
    occurred_at: isoTime(occurredAt),
    deleted,
    amount: amount && { currency: amount.currency, total: text4(amount.total) },
  }))
}
