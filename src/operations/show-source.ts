import type { Place } from '../events/generated/events.ts'
import { type ShownEvent, showPlace } from '../projections/show-staged.ts'
import type { OperationDeps } from './dependencies.ts'
import { seesWhole } from './own-part.ts'
import { may, type Principal } from './principal.ts'

/**
 * The source event at a place. Null: the caller does not see the system that it was read from, since an order contains
 * the lines of all vendors.
 */
export async function showSource(
  { staged }: Pick<OperationDeps, 'staged'>,
  by: Principal,
  place: Place,
): Promise<ShownEvent | null> {
  const shown = await showPlace(staged, place, may(by, 'persons:read'))
  const isSeen = shown.event === null || seesWhole(by, sourceOf(shown.event))
  return isSeen ? shown : null
}

function sourceOf(event: unknown): string {
  const { source } = event as { readonly source?: unknown }
  return typeof source === 'string' ? source : ''
}
