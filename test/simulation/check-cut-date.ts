import { contentDigest } from '../../src/events/identity.ts'
import type { Entity, SourceEvent, TopicEvents } from '../../src/events/topics.ts'
import { compareVersions } from '../../src/events/version.ts'
import type { EventCodec } from '../../src/platform/codec.ts'
import type { MemoryBroker } from '../memory/broker.ts'
import { ORDERS_READ, SETTLE_SECONDS } from './configuration.ts'
import type { SimSource, SourceState } from './sim-source.ts'

/** What of the world is looked at. */
export interface CheckedWorld {
  readonly plan: { readonly partitions: number }
  readonly orders: SimSource<'orders'>
  readonly stock: SimSource<'inventory'>
  readonly broker: Pick<MemoryBroker, 'records'>
  readonly codec: Pick<EventCodec, 'decode'>
  /** Says that a guarantee is broken. */
  broken(guarantee: number, what: string): void
}

/**
 * Guarantee 1: whatever the source had before the cut date is in the topic, or something newer, or the same again. What
 * changed again meanwhile has left the window, and what was seen later than the settle time is left to the overlap.
 */
export async function checkCutDate(world: CheckedWorld, read: string, cutDate: number): Promise<void> {
  if (read === ORDERS_READ) await checkSource(world, world.orders, cutDate)
  else await checkSource(world, world.stock, cutDate)
}

async function checkSource<E extends Entity>(
  world: CheckedWorld,
  source: SimSource<E>,
  cutDate: number,
): Promise<void> {
  const events = await eventsOf(world, source.entity)
  for (const state of source.newest()) {
    const inTime = state.seenAt <= state.changedAt + SETTLE_SECONDS * 1000
    if (state.changedAt >= cutDate || !inTime || state.data === null) continue
    if (isPublished(state, events.get(state.key) ?? [])) continue
    const date = new Date(cutDate).toISOString()
    const changed = new Date(state.changedAt).toISOString()
    world.broken(
      1,
      `the cut date of ${source.entity} is ${date}; ${state.key}, changed ${changed}, is not in the topic`,
    )
  }
}

function isPublished(state: SourceState<Entity>, events: readonly SourceEvent[]): boolean {
  if (events.some(({ occurredAt }) => (occurredAt ?? 0) > state.changedAt)) return true
  const digest = contentDigest({ deleted: state.deleted, data: state.data })
  return events.toSorted(compareVersions).at(-1)?.contentDigest === digest
}

/** The events of a source's topic by key, in the order they were appended. */
export async function eventsOf<E extends Entity>(
  world: CheckedWorld,
  entity: E,
): Promise<Map<string, TopicEvents[E][]>> {
  const events = new Map<string, TopicEvents[E][]>()
  for (let partition = 0; partition < world.plan.partitions; partition += 1) {
    for (const { value } of world.broker.records(entity, partition)) {
      const event = await world.codec.decode(entity, value).catch(() => undefined)
      if (event !== undefined) events.set(event.key, [...(events.get(event.key) ?? []), event])
    }
  }
  return events
}
