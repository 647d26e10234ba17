import { StreamError } from '../../src/errors.ts'
import type { Entity, TopicEvents } from '../../src/events/topics.ts'
import { type Answer, type KeysetSource, keysetPages } from '../../src/systems/kit/keyset-pages.ts'
import type { Keyset, ReadEntity, ReadWindow, SourceReader, UnreadableEntity } from '../../src/systems/kit/source.ts'
import type { SimProcess } from './sim-process.ts'

/** One state of an entity, as the source had it from `changedAt` on. */
export interface SourceState<E extends Entity> {
  readonly key: string
  /** Milliseconds, whole seconds: the resolution of the source. */
  readonly changedAt: number
  /** When it could be seen first: a little later. */
  readonly seenAt: number
  readonly deleted: boolean
  /** Null: the row can't be made an event. */
  readonly data: TopicEvents[E]['data'] | null
}

interface Row<E extends Entity> extends SourceState<E> {
  readonly id: number
}

/** A shop or an ERP that is read: rows with the time of their last change, asked for by (time, id). */
export class SimSource<E extends Entity> {
  readonly entity: E
  /** Every state there ever was, in order. */
  readonly history: SourceState<E>[] = []
  readonly #rows = new Map<string, Row<E>>()

  constructor(entity: E) {
    this.entity = entity
  }

  change(state: SourceState<E>): void {
    const id = this.#rows.get(state.key)?.id ?? this.#rows.size + 1
    this.#rows.set(state.key, { ...state, id })
    this.history.push(state)
  }

  /** The states as they are now. */
  newest(): readonly SourceState<E>[] {
    return [...this.#rows.values()]
  }

  /** Guarantee 6: as the readers of real sources do, over pages of `pageSize`. */
  reader(process: SimProcess, pageSize: number): SourceReader<E> {
    const now = () => process.clock.now()
    const keyset = (window: ReadWindow): KeysetSource<Row<E>> => ({
      keyOf: (row) => ({ changedAt: timeText(row.changedAt), id: String(row.id) }),
      ties: (last) =>
        this.#find(
          process,
          window,
          pageSize,
          (row) => timeText(row.changedAt) === last.changedAt && row.id > Number(last.id),
        ),
      later: (last) =>
        this.#find(process, window, pageSize, (row) => last === null || timeText(row.changedAt) > last.changedAt),
    })
    return {
      name: `sim.${this.entity}`,
      entity: this.entity,
      read: (window, after) => this.#pages(keyset(window), after, now),
      list: (window) => this.#list(keyset(window), now),
    }
  }

  async *#pages(source: KeysetSource<Row<E>>, after: Keyset | null, now: () => number) {
    for await (const { rows, reached, requestedAt } of keysetPages(source, after, now)) {
      const entities = rows.flatMap((row) => entityOf(row))
      const unreadable = rows.filter(({ data }) => data === null).map(unreadableOf)
      yield { entities, unreadable, rows: rows.map(windowRow), reached, requestedAt }
    }
  }

  async *#list(source: KeysetSource<Row<E>>, now: () => number) {
    for await (const { rows } of keysetPages(source, null, now)) yield rows.map(windowRow)
  }

  #find(
    process: SimProcess,
    window: ReadWindow,
    most: number,
    wanted: (row: Row<E>) => boolean,
  ): Promise<Answer<Row<E>>> {
    return process.request('source', `find ${this.entity}`, () => {
      const found = [...this.#rows.values()]
        .filter((row) => row.changedAt >= (window.from ?? 0) && row.changedAt < window.to && wanted(row))
        .toSorted((a, b) => a.changedAt - b.changedAt || a.id - b.id)
      return { rows: found.slice(0, most), more: found.length > most }
    })
  }
}

function timeText(time: number): string {
  return new Date(time).toISOString()
}

function windowRow({ key, changedAt }: SourceState<Entity>) {
  return { key, changedAt: timeText(changedAt) }
}

function entityOf<E extends Entity>({ key, changedAt, deleted, data }: SourceState<E>): ReadEntity<E>[] {
  return data === null ? [] : [{ key, occurredAt: changedAt, deleted, data, raw: null }]
}

function unreadableOf({ key, changedAt }: SourceState<Entity>): UnreadableEntity {
  const error = new StreamError('source_data_invalid', `${key} can't be read`)
  return { key, error, raw: `broken ${key} ${timeText(changedAt)}` }
}
