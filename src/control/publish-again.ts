import type { Entity } from '../events/topics.ts'
import { recordKey } from '../events/topics.ts'
import { forEachBounded } from '../platform/bounded.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { PUBLISHED } from './tables.ts'

/** An entity of a source, as it was published. */
export interface PublishedEntity {
  readonly source: string
  readonly entity: Entity
  readonly key: string
}

const WRITERS = 16

/**
 * Has entities published again by the next run that reads them, though their content is unchanged: their notes count as
 * not acknowledged. What is being published at this moment is published again anyway.
 */
export async function publishAgain(tables: Tables, entities: readonly PublishedEntity[]): Promise<void> {
  const ids = entities.map(({ source, entity, key }) => recordKey(source, entity, key))
  const published = { attribute: 'state', is: '=' as const, value: 'published' }
  await forEachBounded(ids, WRITERS, async (id) => {
    await tables.update(PUBLISHED, { id }, { set: { state: 'publishing' } }, published)
  })
}
