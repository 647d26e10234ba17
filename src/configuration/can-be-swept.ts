import { hasFeed } from '../events/entities.ts'
import type { Read, System } from './model.ts'
import type { SystemTypes } from './system-type.ts'

/** Whether a sweep can find deletions: the entity has a feed, and the source can list its rows. */
export function canBeSwept(
  systemTypes: SystemTypes,
  systems: readonly System[],
  { entity, system }: Pick<Read, 'entity' | 'system'>,
): boolean {
  const type = systems.find(({ id }) => id === system)?.type
  return hasFeed(entity) && systemTypes.get(type ?? '')?.isQueue !== true
}
