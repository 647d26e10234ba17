import type { System } from '../core/model.ts'
import { sinkKinds } from '../processors/sinks/create-sink.ts'
import { topology } from '../processors/topology.ts'

/** Stages that may park records: every processor, and the sink of every system that is delivered to. */
export function parkingStages(systems: readonly System[]): readonly string[] {
  const sinks = systems.filter(({ type }) => sinkKinds(type).length > 0)
  return [...topology.map(({ processor }) => processor), ...sinks.map(({ id }) => `deliver-${id}`)]
}
