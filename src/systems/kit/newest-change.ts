import type { Entity } from '../../events/topics.ts'
import type { ReadEntity } from './source.ts'

/** The newest change time of a page that is sorted by change time; undefined if no row could be read. */
export function newestChange(entities: readonly Pick<ReadEntity<Entity>, 'occurredAt'>[]): number | undefined {
  const times = entities.map(({ occurredAt }) => occurredAt).filter((time) => time !== null)
  return times.length === 0 ? undefined : times.reduce((newest, time) => Math.max(newest, time))
}
