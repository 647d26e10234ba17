import type { TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import type { Platform } from './platform.ts'

/** A part of a role that runs until it is closed. */
export interface RunningPart {
  readonly name: string
  close(): Promise<void>
  /** What is wrong with the process, each with the name of its stage: it is not ready. */
  problems?(): readonly string[]
  /** Why records of one system wait, each with the name of its stage: it is down, or its stage can't be made. */
  heldBack?(): readonly string[]
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
    })
  }
  const started = await Promise.allSettled(stages.map(start))
  const failed = started.find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}
