import type { Configuration, System } from '../configuration/model.ts'
import { toStreamError } from '../errors.ts'
import type { TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import type { Platform } from './platform.ts'
import { named, type RunningPart, type StageState, stateOf } from './running-part.ts'

/** A stage that exists for one system. */
export interface SystemStage {
  readonly name: string
  readonly system: System
  make(): Promise<Stage<TopicKind> | undefined>
}

/** Stages of the configured systems, which start, end and restart with their systems while the process runs. */
export interface SystemStages extends RunningPart {
  /** Starts and ends stages as needed. Starts all it can, then rejects with the first error. */
  follow(configuration: Configuration): Promise<void>
}

interface RunningOne {
  /** Identifies the system's document that it was created from. */
  readonly key: string
  readonly stage: Stage<TopicKind>
  readonly running: RunningStage
}

export function createSystemStages(
  name: string,
  platform: Platform,
  stagesOf: (system: System) => readonly SystemStage[],
): SystemStages {
  const deps = { ...platform, topicPrefix: platform.config.topicPrefix }
  const ours = new Map<string, RunningOne>()
  const failures = new Map<string, string>()
  const begin = async (wanted: SystemStage, key: string) => {
    await ours.get(wanted.name)?.running.close()
    ours.delete(wanted.name)
    const stage = await wanted.make()
    if (stage !== undefined) ours.set(wanted.name, { key, stage, running: await runStage(stage, deps) })
  }
  return {
    name,
    async follow({ systems }) {
      const wanted = systems.flatMap(stagesOf)
      const names = new Set(wanted.map((one) => one.name))
      for (const [gone, { running }] of ours) {
        if (names.has(gone)) continue
        await running.close()
        ours.delete(gone)
      }
      failures.clear()
      const errors: unknown[] = []
      await Promise.all(
        wanted.map(async (one) => {
          const key = stageIdentity(one.system)
          if (ours.get(one.name)?.key === key) return
          await begin(one, key).catch((error: unknown) => {
            failures.set(one.name, toStreamError(error).message)
            errors.push(error)
          })
        }),
      )
      if (errors.length > 0) throw errors[0]
    },
    close: async () => void (await Promise.all([...ours.values()].map(({ running }) => running.close()))),
    problems: () => [...ours.values()].flatMap(({ stage, running }) => named(stage.name, running.problem())),
    // Guarantee 5: a system that is down does not make the process unready for the others, or for the feeds.
    heldBack: () => [
      ...[...ours.values()].flatMap(({ stage }) => named(stage.name, stage.heldBack?.())),
      ...[...failures].flatMap(([one, message]) => named(one, message)),
    ],
    stages: () => [
      ...[...ours.values()].map(({ stage, running }) => stateOf(stage, running)),
      ...[...failures.keys()].map(unmade),
    ],
  }
}

/** State of a stage that could not be created. */
function unmade(name: string): StageState {
  return { name, up: false, stalled: null, group: '', progress: [], circuit: null }
}

/** Changes of a system's reads do not restart its stages. */
function stageIdentity({ reads: _reads, ...system }: System): string {
  return JSON.stringify(system)
}
