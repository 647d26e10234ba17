import type { StageCircuit } from '../control/processes.ts'
import type { TopicKind } from '../events/topics.ts'
import type { PartitionProgress } from '../platform/runtime/partition-progress.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Circuit, Stage } from '../platform/runtime/stage.ts'
import type { Platform } from './platform.ts'

/** A part of a role that runs until it is closed. */
export interface RunningPart {
  readonly name: string
  close(): Promise<void>
  /** What is wrong with the process, each with the name of its stage: it is not ready. */
  problems?(): readonly string[]
  /** Why records of one system wait, each with the name of its stage: it is down, or its stage can't be made. */
  heldBack?(): readonly string[]
  /** The stages that are to run here, as they are now. */
  stages?(): readonly StageState[]
}

/** How a stage is. */
export interface StageState {
  readonly name: string
  /** False: its consumer is down, it keeps failing, or it could not be made. */
  readonly up: boolean
  /** Why only a new process may help; null: it need not be helped so. */
  readonly stalled: string | null
  readonly group: string
  readonly progress: readonly PartitionProgress[]
  /** Null: it delivers to no system. */
  readonly circuit: Circuit | null
}

export function stateOf(stage: Pick<Stage<TopicKind>, 'name' | 'circuit'>, running: RunningStage): StageState {
  return {
    name: stage.name,
    up: running.problem() === null,
    stalled: running.stalled(),
    group: running.group,
    progress: running.progress(),
    circuit: stage.circuit?.() ?? null,
  }
}

/** Systems that do not answer, as the stages of these parts find them. */
export function openCircuits(parts: readonly RunningPart[]): readonly StageCircuit[] {
  const stages = parts.flatMap((part) => part.stages?.() ?? [])
  return stages.flatMap(({ name: stage, circuit }) => (circuit?.open ? [{ stage, ...circuit.open }] : []))
}

/** `stage: why`; nothing where nothing is wrong. */
export function named(stage: string, why: string | null | undefined): readonly string[] {
  return why ? [`${stage}: ${why}`] : []
}

/** Those that have started are among the parts also when another could not: whoever gives up closes them. */
export async function startStages<K extends TopicKind>(
  platform: Platform,
  stages: readonly Stage<K>[],
  parts: RunningPart[],
): Promise<void> {
  const start = async (stage: Stage<K>) => {
    const running: RunningStage = await runStage(stage, { ...platform, topicPrefix: platform.config.topicPrefix })
    parts.push({
      name: stage.name,
      close: () => running.close(),
      problems: () => named(stage.name, running.problem()),
      heldBack: () => named(stage.name, stage.heldBack?.()),
      stages: () => [stateOf(stage, running)],
    })
  }
  const started = await Promise.allSettled(stages.map(start))
  const failed = started.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
