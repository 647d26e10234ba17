import type { System } from '../configuration/model.ts'
import { deliveriesTo, type SystemTypes } from '../configuration/system-type.ts'
import { type PerSystemKind, topicOf } from '../events/topics.ts'
import type { TopicTarget } from '../platform/kafka/topic-definitions.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { topology } from '../processors/topology.ts'

/** One kind of delivery to one system. */
export interface SinkOfSystem {
  readonly system: string
  readonly kind: PerSystemKind
  /** Name of its stage and consumer group, without prefix. */
  readonly name: string
  /** Without prefix. */
  readonly topic: string
}

/** The sinks of these systems. */
export function sinksOf(systems: readonly System[], systemTypes: SystemTypes): readonly SinkOfSystem[] {
  return systems.flatMap((system) =>
    deliveriesTo(systemTypes, system).map((kind) => ({
      system: system.id,
      kind,
      name: sinkName(kind, system.id),
      topic: topicOf(kind, system.id),
    })),
  )
}

/** Stages that may park records: every processor, and the sinks of the systems. */
export function parkingStages(systems: readonly System[], systemTypes: SystemTypes): readonly string[] {
  return [...topology.map(({ processor }) => processor), ...sinksOf(systems, systemTypes).map(({ name }) => name)]
}

/** The kinds that can be delivered to each system; each kind has a topic. */
export function targetsOf(systems: readonly System[], systemTypes: SystemTypes): readonly TopicTarget[] {
  return systems.map((system) => ({ system: system.id, kinds: deliveriesTo(systemTypes, system) }))
}
