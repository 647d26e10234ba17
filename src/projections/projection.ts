import type { Static, TObject } from 'typebox'
import type { DeclarationOf } from '../events/entities.ts'
import { type FeedEntity, type TopicEvents, type UniversalKind, universalKind } from '../events/topics.ts'
import { flag, opaque, type RowType, rowType, text, textLike } from '../platform/dynamodb/rows.ts'
import type { Condition } from '../platform/dynamodb/tables.ts'
import { evolveRow, type FeedRow, type Position, rankOf } from './feed-row.ts'

/** The key that distinguishes the rows of a connection and source. */
export interface FeedKey {
  /** Names in responses and addresses: the parts of the entity's key. */
  readonly parts: readonly string[]
  /** Table attribute with the whole key: the part's own name if there is only one. */
  readonly attribute: string
}

/**
 * A feed: a pure fold of a topic into the rows of a table, served at `/v1/feeds/<entity>`. Its table, stage, rebuild,
 * replays and routes are derived from this. A redelivered or older event changes nothing: `evolve` returns the given
 * row (Guarantee 4); the table's writer repeats this check as a condition, in case of two writers.
 */
export interface Feed<K extends UniversalKind = UniversalKind> {
  /** Its name in addresses and commands. */
  readonly entity: FeedEntity
  /** Short description. */
  readonly title: string
  /** Of its stage. */
  readonly name: string
  readonly kind: K
  /** Without prefix. */
  readonly table: string
  readonly key: FeedKey
  /** Columns of `data`, as stored and served. */
  readonly data: TObject
  /** Decodes its rows, after the key attribute is renamed to `key`. */
  readonly rows: RowType<FeedRow>
  evolve(row: FeedRow | undefined, event: TopicEvents[K], position: Position): FeedRow
  /** Whether any part of an event is as new as the row; otherwise `evolve` returns the row. */
  accepts(row: FeedRow, event: TopicEvents[K]): boolean
  /** For rows with parts that change without a new rank or position: met by stored rows in which they are not newer. */
  notNewer?(row: FeedRow): Condition
}

interface FeedOptions<E extends FeedEntity, S extends TObject> {
  readonly entity: DeclarationOf<E>
  readonly title: string
  readonly table: string
  readonly data: S
  /** The columns of a row; decimals as text. Throws if the event lacks a value: it is dead-lettered then. */
  columns(data: TopicEvents[`universal-${E}`]['data']): Static<S>
  /** For rows with parts that are not columns of the event's data; by default the columns are the row's data. */
  readonly fold?: FeedFold<TopicEvents[`universal-${E}`], Static<S>>
}

/** How the events of a feed become its rows. */
export interface FeedFold<E, C> {
  evolve(row: FeedRow | undefined, event: E, columns: C, position: Position): FeedRow
  accepts(row: FeedRow, event: E): boolean
  notNewer(row: FeedRow): Condition
}

export function defineFeed<E extends FeedEntity, S extends TObject>({
  entity: { name: entity, key },
  title,
  table,
  data,
  columns,
  fold,
}: FeedOptions<E, S>): Feed<`universal-${E}`> {
  return {
    entity,
    title,
    name: `project-${entity}`,
    kind: universalKind(entity),
    table,
    key: { parts: key, attribute: key.length === 1 ? key[0] : 'key' },
    data,
    rows: feedRows(table),
    evolve: (row, event, position) => {
      const own = columns(event.data)
      if (fold !== undefined) return fold.evolve(row, event, own, position)
      return evolveRow(row, event, own as FeedRow['data'], position)
    },
    ...(fold === undefined ? {} : { notNewer: fold.notNewer }),
    accepts: (row, event) => fold?.accepts(row, event) ?? rankOf(event) >= row.rank,
  }
}

function feedRows(table: string): RowType<FeedRow> {
  return rowType<FeedRow>(table, ['connection', 'source', 'key'], {
    connection: text,
    source: text,
    key: text,
    updated_at: text,
    position: textLike(/^\d{15,16}-\d{20}$/, 'a position'),
    deleted: flag,
    data: opaque(),
    rank: text,
    digest: text,
    event_id: text,
  })
}
