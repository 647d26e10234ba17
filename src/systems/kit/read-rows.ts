import type { Entity } from '../../events/topics.ts'
import { stringifyExact } from '../../platform/json.ts'
import type { ReadEntity, UnreadableEntity } from './source.ts'

/** The mapped rows of a page. */
export interface ReadRows<E extends Entity> {
  readonly entities: readonly ReadEntity<E>[]
  readonly unreadable: readonly UnreadableEntity[]
}

/**
 * Maps each row to one or more entities. A row that can't be mapped is recorded with its error and does not stop the
 * others (Guarantee 5).
 */
export function readRows<Row, E extends Entity>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  toEntity: (row: Row) => ReadEntity<E> | readonly ReadEntity<E>[],
): ReadRows<E> {
  const entities: ReadEntity<E>[] = []
  const unreadable: UnreadableEntity[] = []
  for (const row of rows) {
    try {
      entities.push(...[toEntity(row)].flat())
    } catch (error) {
      unreadable.push({ key: keyOf(row), error, raw: stringifyExact(row) })
    }
  }
  return { entities, unreadable }
}
