import type { Entity, TopicEvents } from '../../events/topics.ts'

/** A closed window of the source's change times: [from, to), milliseconds UTC. `from` null: from the beginning. */
export interface ReadWindow {
  /** True if rows must be read again: the reader must not skip unchanged ones. */
  readonly again?: boolean
  readonly from: number | null
  readonly to: number
}

/** Where a page ended in the window's order (changed at, id); both are text in the reader's own format. */
export interface Keyset {
  readonly changedAt: string
  readonly id: string
}

/** The reader's part of an event; the runner adds ids, digests, task and read time. */
export interface ReadEntity<E extends Entity> {
  readonly key: string
  /** Milliseconds UTC; null if the source has no change time. */
  readonly occurredAt: number | null
  readonly deleted: boolean
  readonly data: TopicEvents[E]['data']
  /**
   * Its data without parts that do not indicate a change, such as the signature of an address. If present, it is used
   * for comparison.
   */
  readonly compared?: TopicEvents[E]['data']
  /** The source's JSON text. */
  readonly raw: string | null
  /** A warning for people, reported with the entity although it was read. */
  readonly warning?: EntityWarning
  /** Identifies the entity if the source may have several with one key. */
  readonly identity?: EntityIdentity<E>
}

export interface EntityWarning {
  readonly code: string
  readonly message: string
}

/** Distinguishes an entity from others with the same key. */
export interface EntityIdentity<E extends Entity> {
  /** The source's own id. */
  readonly id: string
  /** When it was created, milliseconds UTC; null if the source does not say. */
  readonly since: number | null
  /** Its data under another key. */
  withKey(key: string): TopicEvents[E]['data']
}

/** An entity that could not be converted to an event: it becomes a dead letter and delays nothing (Guarantee 5). */
export interface UnreadableEntity {
  readonly key: string
  readonly error: unknown
  readonly raw: string
}

export interface Page<E extends Entity> {
  readonly entities: readonly ReadEntity<E>[]
  readonly unreadable: readonly UnreadableEntity[]
  /** Identity of every row of the page, readable or not, to prove that the window is complete. */
  readonly rows: readonly WindowRow[]
  /** Everything up to here, in the window's order, has been returned. */
  readonly reached: Keyset
  /**
   * Milliseconds UTC: everything in the window that changed before this has been returned. Only set by readers that
   * pass through the window once, by change time; otherwise a page does not show what is left.
   */
  readonly reachedAt?: number | undefined
  /** When the request for this page was sent: the `readAt` of its entities. */
  readonly requestedAt: number
  /** `last`: if a key has several contents, the last one counts; if absent, they are recorded as an error. */
  readonly joins?: 'last'
}

/** Identity of a row in a window, for the proof that nothing was missed. */
export interface WindowRow {
  readonly key: string
  readonly changedAt: string
}

/**
 * Reads one entity of one system. `read` yields pages, oldest first, and can resume after an acknowledged page; the
 * window is closed, so a run ends. `list`, if the system can answer it cheaply, yields the rows in the window after
 * paging, to compare them with what was read (Guarantee 6).
 */
export interface SourceReader<E extends Entity> {
  readonly name: string
  readonly entity: E
  read(window: ReadWindow, after: Keyset | null, signal: AbortSignal): AsyncIterable<Page<E>>
  list?(window: ReadWindow, signal: AbortSignal): AsyncIterable<readonly WindowRow[]>
  /**
   * For a source named by a request, after the run's end is recorded: removes it if it is empty. Resolves to what was
   * done, in words.
   */
  discard?(signal: AbortSignal): Promise<string>
  /**
   * All keys that the source has now, if `list` can't provide them. `accepted`: a person has confirmed that so few are
   * left.
   */
  keys?(signal: AbortSignal, accepted: boolean): AsyncIterable<readonly Pick<WindowRow, 'key'>[]>
}

export type AnySourceReader = { [E in Entity]: SourceReader<E> }[Entity]
