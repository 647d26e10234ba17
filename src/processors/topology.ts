import type { Entity, TopicKind } from '../events/topics.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import type { ProcessorDeps } from './commit-work.ts'
import { mapImages } from './map-images.ts'
import { mapInventory } from './map-inventory.ts'
import { mapProducts } from './map-products.ts'
import type { Processor, Remembered } from './processor.ts'
import { routeOrders } from './route-orders.ts'
import { processorStage } from './run-processor.ts'

export type AnyProcessorStage = { [K in Entity]: Stage<K> }[Entity]

/** One arrow of the picture: a topic, the processor that consumes it, and the topics it appends to. */
export interface TopologyRow {
  readonly from: Entity
  readonly processor: string
  /** Kinds; those that have a topic for each target system end in `.<system>`. */
  readonly to: readonly TopicKind[]
  readonly stage: (deps: ProcessorDeps) => AnyProcessorStage
}

/** THE table of processors: topic → processor → topics. */
export const topology: readonly TopologyRow[] = [
  row(routeOrders, ['vendor-orders'], (deps) => processorStage(routeOrders, deps)),
  row(mapProducts, ['universal-products'], (deps) => processorStage(mapProducts, deps)),
  row(mapInventory, ['universal-inventory'], (deps) => processorStage(mapInventory, deps)),
  row(mapImages, ['universal-images'], (deps) => processorStage(mapImages, deps)),
]

function row<K extends Entity, S extends Remembered>(
  { name, from }: Processor<K, S>,
  to: readonly TopicKind[],
  stage: TopologyRow['stage'],
): TopologyRow {
  return { from, processor: name, to, stage }
}
