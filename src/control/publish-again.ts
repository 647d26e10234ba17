import type { Entity } from '../events/topics.ts'
import { recordKey } from '../events/topics.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { flag, number, oneOf, or, orNull, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { PUBLISHED } from './tables.ts'

/** An entity of a source, as it was published. */
export interface PublishedEntity {
  readonly source: string
  readonly entity: Entity
  readonly key: string
}

const WRITERS = 16

/** The last publication of an entity; by source, entity and key. */
export interface Publication {
  readonly id: string
  /** `publishing`: sent, not known to be acknowledged. */
  readonly state: 'publishing' | 'published'
  /** Of its content. */
  readonly digest: string
  readonly rank: string
  readonly occurred_at: number | null
  readonly task: string | null
  readonly deleted: boolean
  /** Identifies one of several entities that share a key; null: the only one. */
  readonly identity: string | null
  /** Seconds: the note may be removed then; null: never. */
  readonly expires: number | null
}

export const publicationRows = rowType<Publication>(PUBLISHED, ['id'], {
  id: text,
  state: oneOf('publishing', 'published'),
  digest: or(text, ''),
  rank: or(text, ''),
  occurred_at: orNull(number),
  task: orNull(text),
  deleted: or(flag, false),
  identity: orNull(text),
  expires: orNull(number),
})

/**
 * Makes the next run that reads these entities publish them again even if their content is unchanged: marks their notes
 * as not acknowledged. What is being published at this moment is published again anyway.
 */
export async function publishAgain(tables: Tables, entities: readonly PublishedEntity[]): Promise<void> {
  const ids = entities.map(({ source, entity, key }) => recordKey(source, entity, key))
  const rows = rowsOf(tables, publicationRows)
  await forEachBounded(ids, WRITERS, async (id) => {
    await rows.update({ id }, { set: { state: 'publishing' } }, { attribute: 'state', is: '=', value: 'published' })
  })
}
