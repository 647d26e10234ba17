import type { Entity } from '../../events/topics.ts'
import { byName, flag, map, number, oneOf, or, orNull, rowType, text } from '../../platform/dynamodb/rows.ts'
import { expiresOnceEnded, type Job } from '../../platform/jobs.ts'

export const REPLAYS = 'replays'

export type ReplayState = 'due' | 'running' | 'blocked' | 'ended' | 'failed' | 'canceled'

/** Part of one partition: from inclusive, to exclusive; bigint as text. */
export interface OffsetRange {
  readonly from: string
  readonly to: string
}

/** Which events of a topic; null: all. Times are ISO 8601 append times, from inclusive, to exclusive. */
export interface ReplayFilter {
  /** For source topics the connection to process for; otherwise the connection of the event. */
  readonly connection: string | null
  readonly source: string | null
  /** Key of the entity: SKU, order number. */
  readonly key: string | null
  readonly from: string | null
  readonly to: string | null
  /** By partition. */
  readonly offsets: Readonly<Record<string, OffsetRange>> | null
  /** False: only the latest version of each key. */
  readonly allVersions: boolean
}

/** A replay of events of a topic through its processor. Times are ISO 8601 UTC. */
export interface Replay extends Job, ReplayFilter {
  readonly state: ReplayState
  /** Without prefix. */
  readonly topic: string
  readonly processor: string
  /** cli, api or new-connection. */
  readonly trigger: string
  readonly by: string | null
  readonly reason: string | null
  /** Maximum events per second. */
  readonly rate: number
  readonly requested_at: string
  readonly started_at: string | null
  readonly ended_at: string | null
  /** Revision of the configuration when it began: stages handle its records with this one or a newer one. */
  readonly revision: number
  /** Pass under way: 1 up to the end that the topic had, 2 for events that arrived while the configuration spread. */
  readonly pass: number
  readonly range: Readonly<Record<string, OffsetRange>> | null
  /** By partition: everything before it is sent. */
  readonly done: Readonly<Record<string, string>>
  /** Events to send in this pass and those before; null: not counted yet. */
  readonly selected: number | null
  readonly sent: number
  readonly cancel: boolean
  readonly error: { readonly code: string; readonly message: string } | null
}

/** Initial values of a new row. */
export const NEW_REPLAY = {
  state: 'due',
  started_at: null,
  ended_at: null,
  revision: 0,
  pass: 1,
  range: null,
  done: {},
  selected: null,
  sent: 0,
  cancel: false,
  error: null,
  fence: 0,
  lease_until: 0,
} as const satisfies Partial<Replay>

const ranges = byName(map<OffsetRange>({ from: text, to: text }))

export const replayRows = rowType<Replay>(
  REPLAYS,
  ['id'],
  {
    id: text,
    state: oneOf('due', 'running', 'blocked', 'ended', 'failed', 'canceled'),
    fence: number,
    lease_until: number,
    topic: text,
    processor: text,
    connection: orNull(text),
    source: orNull(text),
    key: orNull(text),
    from: orNull(text),
    to: orNull(text),
    offsets: orNull(ranges),
    allVersions: flag,
    trigger: text,
    by: orNull(text),
    reason: orNull(text),
    rate: number,
    requested_at: text,
    started_at: orNull(text),
    ended_at: orNull(text),
    revision: number,
    pass: number,
    range: orNull(ranges),
    done: or(byName(text), {}),
    selected: orNull(number),
    sent: number,
    cancel: flag,
    error: orNull(map({ code: text, message: text })),
  },
  expiresOnceEnded,
)

export const openStates: readonly ReplayState[] = ['due', 'running', 'blocked']

/** The part of the configuration that a replay needs. */
export interface ReplayConfiguration {
  readonly revision: number
  readonly systems: readonly { readonly reads: readonly ConfiguredRead[] }[]
  readonly connections: readonly ConfiguredConnection[]
}

export interface ConfiguredRead {
  readonly id: string
  readonly system: string
  readonly entity: Entity
}

export interface ConfiguredConnection {
  readonly id: string
  readonly shop: string
  readonly reads: readonly string[]
  readonly ordersFrom: string | null
}
