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
  /** Problems that make the process not ready, each with the name of its stage. */
  problems?(): readonly string[]
  /** Why records of a system wait, with the name of its stage: the system is down, or its stage cannot be created. */
  heldBack?(): readonly string[]
  /** State of the stages that should run in this process. */
  stages?(): readonly StageState[]
}

/** State of a stage. */
export interface StageState {
  readonly name: string
  /** False: its consumer is down, it keeps failing, or it could not be created. */
  readonly up: boolean
  /** Why the process has to be restarted; null: it does not. */
  readonly stalled: string | null
  readonly group: string
  readonly progress: readonly PartitionProgress[]
  /** Null: it does not deliver to a system. */
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

/** Open circuits of the stages of these parts. */
export function openCircuits(parts: readonly RunningPart[]): readonly StageCircuit[] {
  const stages = parts.flatMap((part) => part.stages?.() ?? [])
  return stages.flatMap(({ name: stage, circuit }) => (circuit?.open ? [{ stage, ...circuit.open }] : []))
}

/** `stage: why`; empty without a problem. */
export function named(stage: string, why: string | null | undefined): readonly string[] {
  return why ? [`${stage}: ${why}`] : []
}

/** Starts work that ends when its signal aborts, as a part of a role. */
export function startWork(name: string, work: (signal: AbortSignal) => Promise<void>): RunningPart {
  const ending = new AbortController()
  const running = work(ending.signal)
  return {
    name,
    async close() {
      ending.abort()
      await running
    },
  }
}

/** Adds every started stage to `parts`, even if another fails to start, so that the caller can close them. */
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
