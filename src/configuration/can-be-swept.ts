import { hasFeed } from '../events/entities.ts'
import type { Read, System } from './model.ts'
import type { SystemTypes } from './system-type.ts'

/** Whether what is gone at the source can be found: of what has a feed, where the source can say what it has. */
export function canBeSwept(
  systemTypes: SystemTypes,
  systems: readonly System[],
  { entity, system }: Pick<Read, 'entity' | 'system'>,
): boolean {
  const type = systems.find(({ id }) => id === system)?.type
  return hasFeed(entity) && systemTypes.get(type ?? '')?.isQueue !== true
}
