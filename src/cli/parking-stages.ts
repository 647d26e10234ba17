import type { System } from '../configuration/model.ts'
import { sinkKinds } from '../processors/delivery/create-sink.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { topology } from '../processors/topology.ts'

/** Stages that may park records: every processor, and the sink of every system that is delivered to. */
export function parkingStages(systems: readonly System[]): readonly string[] {
  const sinks = systems.flatMap(({ id, type }) => sinkKinds(type).map((kind) => sinkName(kind, id)))
  return [...topology.map(({ processor }) => processor), ...sinks]
}
