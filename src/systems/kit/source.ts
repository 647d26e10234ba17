import type { Entity, TopicEvents } from '../../events/topics.ts'

/** A closed window of the source's changed-at times: [from, to), milliseconds UTC. `from` null: from the beginning. */
export interface ReadWindow {
  /** True when what was read before is to be read again: nothing may be left out because it has not changed. */
  readonly again?: boolean
  readonly from: number | null
  readonly to: number
}

/** Where in the window's order (changed at, id) a page ended; both as text of the reader's own making. */
export interface Keyset {
  readonly changedAt: string
  readonly id: string
}

/** What a reader knows of an event; the runner adds ids, digests, task and read time. */
export interface ReadEntity<E extends Entity> {
  readonly key: string
  /** Milliseconds UTC; null where the source has none. */
  readonly occurredAt: number | null
  readonly deleted: boolean
  readonly data: TopicEvents[E]['data']
  /** Its data without what tells no change, such as the signature of an address, where it has that: by it, it is compared. */
  readonly compared?: TopicEvents[E]['data']
  /** JSON text as the source gave it. */
  readonly raw: string | null
  /** What people should know of it although it is read: it is reported with it. */
  readonly warning?: EntityWarning
  /** Which entity it is, where the source may have several of one key. */
  readonly identity?: EntityIdentity<E>
}

export interface EntityWarning {
  readonly code: string
  readonly message: string
}

/** What tells an entity from another of the same key. */
export interface EntityIdentity<E extends Entity> {
  /** The source's own id of it. */
  readonly id: string
  /** When it came to be, milliseconds UTC; null where the source does not say. */
  readonly since: number | null
  /** Its data, where it is known by another key. */
  withKey(key: string): TopicEvents[E]['data']
}

/** An entity that could not be turned into an event: it goes to the dead letters and delays nothing (Guarantee 5). */
export interface UnreadableEntity {
  readonly key: string
  readonly error: unknown
  readonly raw: string
}

export interface Page<E extends Entity> {
  readonly entities: readonly ReadEntity<E>[]
  readonly unreadable: readonly UnreadableEntity[]
  /** Identity of every row of the page, readable or not, for the proof of the window. */
  readonly rows: readonly WindowRow[]
  /** Everything up to here, in the window's order, has been given. */
  readonly reached: Keyset
  /**
   * Milliseconds UTC: all of the window that changed before it has been given. Only of a reader that goes through the window
   * once, by the time of change: what others have given says nothing of what is left.
   */
  readonly reachedAt?: number | undefined
  /** When the request of this page was sent: the `readAt` of its entities. */
  readonly requestedAt: number
  /** Of several contents of one key the last counts; without it, they are an error that is recorded. */
  readonly joins?: 'last'
}

/** Identity of a row in a window, for the proof that nothing was missed. */
export interface WindowRow {
  readonly key: string
  readonly changedAt: string
}

/**
 * Reads one entity of one system. `read` gives pages oldest first and can go on after a page that was acknowledged;
 * the window is closed, so a run ends. `list`, where the system can answer it cheaply, gives what is in the window
 * after paging, to be compared with what was read (Guarantee 6).
 */
export interface SourceReader<E extends Entity> {
  readonly name: string
  readonly entity: E
  read(window: ReadWindow, after: Keyset | null, signal: AbortSignal): AsyncIterable<Page<E>>
  list?(window: ReadWindow, signal: AbortSignal): AsyncIterable<readonly WindowRow[]>
  /** Of a source that a request named, after the run's end is noted: removes it if nothing is left in it. What was done, in words. */
  discard?(signal: AbortSignal): Promise<string>
  /** What the source has now, whole, where `list` can't say it; `accepted`: a person has checked that so little is left. */
  keys?(signal: AbortSignal, accepted: boolean): AsyncIterable<readonly Pick<WindowRow, 'key'>[]>
}

export type AnySourceReader = { [E in Entity]: SourceReader<E> }[Entity]
