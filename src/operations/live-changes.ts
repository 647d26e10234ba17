import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEntry } from '../control/audit-trail.ts'
import type { Pause } from '../control/pauses.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { splitRecordKey, topicOf } from '../events/topics.ts'
import type { PartitionEnd } from '../platform/kafka/event-log.ts'
import type { RecordPlace } from '../platform/kafka/record-reader.ts'
import type { OperationDeps } from './dependencies.ts'
import { deedPartsOf, ORDER_DEEDS } from './order-deeds.ts'
import { keepStanding, ownerOfPause, PAUSES_KEPT_MS } from './pauses.ts'
import type { Principal } from './principal.ts'
import { type Owner, sees } from './scope.ts'

/** Data that a client may have to request again. */
export const liveTopics = ['status', 'orders', 'feeds', 'tasks', 'dead-letters', 'pauses'] as const
export type LiveTopic = (typeof liveTopics)[number]

/** Names the data to request again, without its content. */
export interface LiveChange {
  /** Null: of no single connection, or of any, since there were more changes than are read. */
  readonly connection: string | null
  readonly topics: readonly LiveTopic[]
}

type Found = LiveChange & {
  /** Null: all listeners are notified. */
  readonly owner: Owner | null
}

export interface Listener {
  /** Read for each change, since the scope of the listener's key may have changed. */
  principal(): Principal
  changed(change: LiveChange): void
  /** No more changes follow: the topics cannot be read, or the process ends. */
  ended(): void
}

export interface LiveChanges {
  /**
   * Resolves when the listener receives all changes from now on; call the result to stop. Rejects if topics cannot be
   * read.
   */
  listen(listener: Listener): Promise<() => void>
  /** Ends all listeners and rejects new ones. */
  close(): void
}

type LiveDeps = Pick<OperationDeps, 'tables' | 'clock' | 'admin' | 'staged' | 'topicPrefix' | 'logger' | 'audit'>

/** How often it looks for changes. */
const LOOKED_EVERY_MS = 1_000
/** Maximum number of records or entries per look; with more, all listeners hear that anything may have changed. */
const MOST_READ = 100
/** How far back it reads the audit trail: clocks of processes differ, and an entry may be written late. */
const NOTED_WITHIN_MS = 10_000

const watched = ['sync-status', 'dead-letters'] as const

const anything: Found = { owner: null, connection: null, topics: liveTopics }

/**
 * Checks the ends of two topics, the pauses, and actions in the audit trail, once for all listeners, and only while
 * there are any. Every stage reports to `sync-status`, so its end moves with every change; the new records name the
 * owner. Sends each change twice, at once and with the next look, since its rows may be written in between.
 */
export function createLiveChanges(deps: LiveDeps, everyMs: number = LOOKED_EVERY_MS): LiveChanges {
  const listeners = new Set<Listener>()
  const closing = new AbortController()
  let looking: { readonly ready: Promise<void> } | undefined
  const notify = (found: readonly Found[]) => {
    for (const listener of listeners) {
      for (const { owner, connection, topics } of found) {
        if (owner === null || sees(listener.principal().scope, owner)) listener.changed({ connection, topics })
      }
    }
  }
  const endAll = () => {
    const all = [...listeners]
    listeners.clear()
    for (const listener of all) listener.ended()
  }
  const follow = async (look: Look) => {
    let before: readonly Found[] = []
    while (listeners.size > 0) {
      await sleep(everyMs, undefined, { signal: closing.signal })
      const found = await look.next()
      notify(merged([...before, ...found]))
      before = found
    }
  }
  const begin = () => {
    const look = createLook(deps)
    const ready = look.begin()
    const own = { ready }
    const followed = async () => {
      try {
        await ready
        await follow(look)
      } catch (thrown) {
        const { code } = toStreamError(thrown)
        if (!closing.signal.aborted) deps.logger.warn({ code }, 'live changes stopped; clients have to poll')
      }
      if (looking === own) looking = undefined
      endAll()
    }
    looking = own
    void followed()
    return own
  }
  return {
    async listen(listener) {
      if (closing.signal.aborted) throw new StreamError('stopping', 'the process ends')
      listeners.add(listener)
      try {
        await (looking ?? begin()).ready
      } catch (error) {
        listeners.delete(listener)
        throw error
      }
      return () => void listeners.delete(listener)
    },
    close() {
      closing.abort()
      endAll()
    },
  }
}

interface Look {
  /** Records the current state. */
  begin(): Promise<void>
  /** Changes since the last call. */
  next(): Promise<readonly Found[]>
}

function createLook(deps: LiveDeps): Look {
  const { admin, staged, topicPrefix, tables, clock } = deps
  const ends = new Map<string, readonly PartitionEnd[]>()
  const kept = keepStanding(tables, clock, PAUSES_KEPT_MS)
  let pauses: ReadonlyMap<string, Pause> = new Map()
  const newOf = async (kind: (typeof watched)[number]): Promise<readonly RecordPlace[]> => {
    const topic = topicPrefix + topicOf(kind)
    const before = new Map(ends.get(topic)?.map(({ partition, end }) => [partition, end]))
    const now = await admin.ends(topic)
    ends.set(topic, now)
    return now.flatMap(({ partition, end }) => placesOf(topic, partition, before.get(partition) ?? end, end))
  }
  const deeds = followDeeds(deps)
  const pausesNow = async () => new Map((await kept.get()).map((pause) => [JSON.stringify(pause), pause]))
  const readAll = async (kind: (typeof watched)[number]): Promise<readonly Found[]> => {
    const places = await newOf(kind)
    if (places.length > MOST_READ) return [anything]
    const records = places.length === 0 ? [] : await staged.reader.read(places)
    const found = records.map(async (record) => {
      if (record === null) return []
      return kind === 'sync-status' ? await ofReport(staged, record.value) : ofLetter(record.key)
    })
    return (await Promise.all(found)).flat()
  }
  return {
    async begin() {
      for (const kind of watched) await newOf(kind)
      pauses = await pausesNow()
      await deeds()
    },
    async next() {
      const before = pauses
      pauses = await pausesNow()
      const changed = [...before, ...pauses].filter(([id]) => !(before.has(id) && pauses.has(id)))
      const ofPauses = changed.map(([, pause]): Found => {
        return { owner: ownerOfPause(pause), connection: pause.connection, topics: ['status', 'pauses'] }
      })
      return merged([
        ...(await readAll('sync-status')),
        ...(await readAll('dead-letters')),
        ...ofPauses,
        ...(await deeds()),
      ])
    },
  }
}

/** Actions on orders appear in no topic before a delivery. Returns the new actions since the last call. */
function followDeeds({ audit, clock }: Pick<LiveDeps, 'audit' | 'clock'>): () => Promise<readonly Found[]> {
  let known: ReadonlySet<string> | undefined
  return async () => {
    const since = new Date(clock.now() - NOTED_WITHIN_MS).toISOString()
    const filter = { who: null, what: ORDER_DEEDS, outcome: 'done', since, until: null } as const
    const { entries } = await audit.list(filter, MOST_READ, null)
    const seen = known
    known = new Set(entries.map(idOf))
    if (seen === undefined) return []
    if (entries.length === MOST_READ) return [anything]
    return entries.filter((entry) => !seen.has(idOf(entry))).flatMap(ofDeed)
  }
}

const idOf = ({ at, what, target, who, after }: AuditEntry) => JSON.stringify([at, what, target, who, after])

function ofDeed(entry: AuditEntry): readonly Found[] {
  const { source, connections } = deedPartsOf(entry) ?? { source: '', connections: [] }
  return connections.map((connection) => {
    return { owner: { system: source, connections: [connection] }, connection, topics: ['status', 'orders'] }
  })
}

/** Places of the new records of a partition, at most one more than `MOST_READ`. */
function placesOf(topic: string, partition: number, from: bigint, end: bigint): readonly RecordPlace[] {
  const count = Math.min(Math.max(Number(end - from), 0), MOST_READ + 1)
  return Array.from({ length: count }, (_, index) => ({ topic, partition, offset: Number(from) + index }))
}

/** Ignores a record that cannot be decoded: it is reported as a dead letter. */
async function ofReport(
  { codec }: Pick<OperationDeps['staged'], 'codec'>,
  value: Buffer | null,
): Promise<readonly Found[]> {
  try {
    const { results } = await codec.decode('sync-status', value)
    return results.map(({ connection, source, entity, status }) => ({
      owner: connection === null ? { system: source } : { connection },
      connection,
      topics: topicsOf(entity, status),
    }))
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return []
  }
}

function topicsOf(entity: string, status: string): readonly LiveTopic[] {
  const isOfOrder = entity === 'orders' || entity === 'fulfilments'
  const own: readonly LiveTopic[] = [isOfOrder ? 'orders' : 'feeds']
  return ['status', 'tasks', ...own, ...(status === 'failed' ? (['dead-letters'] as const) : [])]
}

/** The record's key is stage, connection and key. Without a connection, only callers who see all connections see it. */
function ofLetter(key: Buffer | null): readonly Found[] {
  const { owner: connection } = splitRecordKey(splitRecordKey(key?.toString() ?? '').key)
  const of = connection === '' ? null : connection
  return [{ owner: { connection: of }, connection: of, topics: ['status', 'dead-letters'] }]
}

/** One change for each owner, with all its topics. */
function merged(all: readonly Found[]): readonly Found[] {
  return [...Map.groupBy(all, ({ owner, connection }) => JSON.stringify([owner, connection])).values()].flatMap(
    (own) => {
      const [first] = own
      const topics = new Set(own.flatMap((one) => one.topics))
      return first === undefined ? [] : [{ ...first, topics: liveTopics.filter((topic) => topics.has(topic)) }]
    },
  )
}
