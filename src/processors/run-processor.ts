import { isBehind } from '../configuration/read-configuration.ts'
import { createConnectionGuard, usualGuardTiming } from '../control/connection-guard.ts'
import { type ProcessedKind, topicOf } from '../events/topics.ts'
import { createQuietPartitions } from '../platform/runtime/quiet-partitions.ts'
import type { Decoded, PartitionContext, Stage } from '../platform/runtime/stage.ts'
import { createTurns } from '../platform/runtime/turns.ts'
import { commitWork, encode, loadStates, type ProcessorDeps, type ProcessorKit } from './commit-work.ts'
import { type BatchView, processBatch } from './process-batch.ts'
import type { Processor, Remembered } from './processor.ts'
import { releaseProcessed } from './release-processed.ts'

/** About as many as one fetch of a partition holds: what a batch waits for, it waits for once. */
const BATCH_SIZE = 1000

/**
 * Runs a processor as a stage. All of a batch's events are sent in one go, then states are written, failures are
 * dead-lettered and results reported; only then the batch is done (Guarantee 1). A batch that is handed over again makes
 * the same events again. A connection that most entities fail for is paused: its records are parked and released in their
 * order, the others go on (Guarantee 5).
 */
export function processorStage<K extends ProcessedKind, S extends Remembered>(
  processor: Processor<K, S>,
  deps: ProcessorDeps,
): Stage<K> {
  const guard = createConnectionGuard(processor.name, deps, { ...usualGuardTiming, ...deps.guardTiming })
  const kit: ProcessorKit<K, S> = { processor, deps, guard, quiet: createQuietPartitions() }
  // What was parked and what comes now may be of one entity, whose state both change.
  const turns = createTurns()
  return {
    name: processor.name,
    kind: processor.from,
    topics: [topicOf(processor.from)],
    batchSize: BATCH_SIZE,
    handle: (batch, context) => turns.run(String(context.partition), () => handleBatch(batch, kit, context)),
    onTick: (context) => turns.run(String(context.partition), () => releaseProcessed(kit, context)),
  }
}

async function handleBatch<K extends ProcessedKind, S extends Remembered>(
  batch: readonly Decoded<K>[],
  kit: ProcessorKit<K, S>,
  context: PartitionContext,
): Promise<void> {
  const { processor, deps, guard } = kit
  const startedAt = deps.clock.now()
  const states = await loadStates(kit, batch, context)
  const pauses = await guard.pauses()
  const configuration = deps.configuration()
  const view: BatchView = {
    configuration,
    isBehind: () => isBehind(deps.tables, configuration),
    now: startedAt,
    time: () => deps.clock.now(),
    products: deps.products,
    encode: (output) => encode(deps, output),
    paused: (connection) => pauses.get(connection),
    trips: (connection, key, error) => guard.trips(connection, key, error),
  }
  const work = await processBatch(processor, view, batch, states.known)
  await commitWork(work, states, kit, context, startedAt)
}
