import { type DeclarationOf, type DeclaredEntity, entityDeclarations } from '../events/entities.ts'
import {
  type FeedEntity,
  type ProcessedKind,
  type PushedEntity,
  shopKind,
  type TopicKind,
  universalKind,
} from '../events/topics.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { mapImages } from './map-images.ts'
import { mapInventory } from './map-inventory.ts'
import { mapPrices } from './map-prices.ts'
import { mapProducts } from './map-products.ts'
import type { Processor, Remembered } from './processor.ts'
import { pushProcessor } from './push-rows.ts'
import { routeFulfilments } from './route-fulfilments.ts'
import { routeOrders } from './route-orders.ts'
import type { ProcessorDeps } from './run-processor.ts'
import { processorStage } from './run-processor.ts'

export type AnyProcessorStage = { [K in ProcessedKind]: Stage<K> }[ProcessedKind]

/** One arrow of the topology: a topic, the processor that consumes it, and the topics it appends to. */
export interface TopologyRow<K extends ProcessedKind = ProcessedKind> {
  readonly from: K
  readonly processor: string
  /** Kinds; those with one topic per target system end in `.<system>`. */
  readonly to: readonly TopicKind[]
  readonly stage: (deps: ProcessorDeps) => AnyProcessorStage
}

/** The consumers of what sources publish. An entity without a processor does not compile. */
const consumers: { readonly [E in DeclaredEntity]: TopologyRow<E> } = {
  orders: row(routeOrders, ['vendor-orders']),
  fulfilments: row(routeFulfilments, ['shop-fulfilments']),
  products: mappingRow(mapProducts),
  inventory: mappingRow(mapInventory),
  prices: mappingRow(mapPrices),
  images: mappingRow(mapImages),
}

/** THE table of processors: topic → processor → topics. */
export const topology: readonly TopologyRow[] = [
  ...Object.values(consumers),
  ...entityDeclarations.flatMap((one) => ('universal' in one && 'shop' in one ? [pushingRow(one)] : [])),
]

/** What sources publish of an entity → rows of its feed. */
export function mappingRow<E extends FeedEntity>(mapper: Processor<E>): TopologyRow<E> {
  return row(mapper, [universalKind(mapper.from)])
}

/** Rows of an entity's feed → what shops get of it. */
export function pushingRow<E extends PushedEntity>(entity: DeclarationOf<E>): TopologyRow<`universal-${E}`> {
  return row(pushProcessor(entity), [shopKind(entity.name)])
}

function row<K extends ProcessedKind, S extends Remembered>(
  processor: Processor<K, S>,
  to: readonly TopicKind[],
): TopologyRow<K> {
  const stage = (deps: ProcessorDeps) => processorStage(processor, deps) as unknown as AnyProcessorStage
  return { from: processor.from, processor: processor.name, to, stage }
}
