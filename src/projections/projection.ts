import type { Static, TObject } from 'typebox'
import type { DeclarationOf } from '../events/entities.ts'
import { type FeedEntity, type TopicEvents, type UniversalKind, universalKind } from '../events/topics.ts'
import { flag, opaque, type RowType, rowType, text, textLike } from '../platform/dynamodb/rows.ts'
import { evolveRow, type FeedRow, type Position } from './feed-row.ts'

/** What tells the rows of a connection and source apart. */
export interface FeedKey {
  /** As answers and addresses name them: the parts of the entity's key. */
  readonly parts: readonly string[]
  /** Attribute of the table that holds the whole key: the part itself where there is one. */
  readonly attribute: string
}

/**
 * A feed: a pure fold of a topic into the rows of a table, which are served at `/v1/feeds/<entity>`. Its table, stage,
 * rebuild, replays and routes follow from this. A redelivered or older event changes nothing: `evolve` answers the row it
 * was given (Guarantee 4); the table's writer repeats the guard as a condition, for the case of two writers.
 */
export interface Feed<K extends UniversalKind = UniversalKind> {
  /** Its name in addresses and commands. */
  readonly entity: FeedEntity
  /** What it is, in a few words. */
  readonly title: string
  /** Of its stage. */
  readonly name: string
  readonly kind: K
  /** Without prefix. */
  readonly table: string
  readonly key: FeedKey
  /** Columns of `data`, as they are stored and served. */
  readonly data: TObject
  /** How its rows are read, once the key has its name. */
  readonly rows: RowType<FeedRow>
  evolve(row: FeedRow | undefined, event: TopicEvents[K], position: Position): FeedRow
}

interface FeedOptions<E extends FeedEntity, S extends TObject> {
  readonly entity: DeclarationOf<E>
  readonly title: string
  readonly table: string
  readonly data: S
  /** The columns of a row; decimals as text. Throws what the event lacks: it is dead-lettered then. */
  columns(data: TopicEvents[`universal-${E}`]['data']): Static<S>
}

export function defineFeed<E extends FeedEntity, S extends TObject>({
  entity: { name: entity, key },
  title,
  table,
  data,
  columns,
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
    evolve: (row, event, position) => evolveRow(row, event, columns(event.data) as FeedRow['data'], position),
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
