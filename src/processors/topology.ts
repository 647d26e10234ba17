import type { ProcessedKind, TopicKind } from '../events/topics.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { mapImages } from './map-images.ts'
import { mapInventory } from './map-inventory.ts'
import { mapProducts } from './map-products.ts'
import type { Processor, Remembered } from './processor.ts'
import { pushImages, pushInventory, pushProducts } from './push-rows.ts'
import { routeFulfilments } from './route-fulfilments.ts'
import { routeOrders } from './route-orders.ts'
import type { ProcessorDeps } from './run-processor.ts'
import { processorStage } from './run-processor.ts'

export type AnyProcessorStage = { [K in ProcessedKind]: Stage<K> }[ProcessedKind]

/** One arrow of the picture: a topic, the processor that consumes it, and the topics it appends to. */
export interface TopologyRow {
  readonly from: ProcessedKind
  readonly processor: string
  /** Kinds; those that have a topic for each target system end in `.<system>`. */
  readonly to: readonly TopicKind[]
  readonly stage: (deps: ProcessorDeps) => AnyProcessorStage
}

/** THE table of processors: topic → processor → topics. */
export const topology: readonly TopologyRow[] = [
  row(routeOrders, ['vendor-orders'], (deps) => processorStage(routeOrders, deps)),
  row(routeFulfilments, ['shop-fulfilments'], (deps) => processorStage(routeFulfilments, deps)),
  row(mapProducts, ['universal-products'], (deps) => processorStage(mapProducts, deps)),
  row(mapInventory, ['universal-inventory'], (deps) => processorStage(mapInventory, deps)),
  row(mapImages, ['universal-images'], (deps) => processorStage(mapImages, deps)),
  row(pushProducts, ['shop-products'], (deps) => processorStage(pushProducts, deps)),
  row(pushInventory, ['shop-inventory'], (deps) => processorStage(pushInventory, deps)),
  row(pushImages, ['shop-images'], (deps) => processorStage(pushImages, deps)),
]

function row<K extends ProcessedKind, S extends Remembered>(
  { name, from }: Processor<K, S>,
  to: readonly TopicKind[],
  stage: TopologyRow['stage'],
): TopologyRow {
  return { from, processor: name, to, stage }
}
