import type { System } from '../configuration/model.ts'
import { deliveriesTo, type SystemTypes } from '../configuration/system-type.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { topology } from '../processors/topology.ts'

/** Stages that may park records: every processor, and the sink of every system that is delivered to. */
export function parkingStages(systems: readonly System[], systemTypes: SystemTypes): readonly string[] {
  const sinks = systems.flatMap((system) => deliveriesTo(systemTypes, system).map((kind) => sinkName(kind, system.id)))
  return [...topology.map(({ processor }) => processor), ...sinks]
}
