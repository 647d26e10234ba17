import type { Configuration, System } from '../core/model.ts'
import { toStreamError } from '../errors.ts'
import type { PerSystemKind, TopicKind } from '../events/topics.ts'
import { type RunningStage, runStage } from '../platform/runtime/run-stage.ts'
import type { Stage } from '../platform/runtime/stage.ts'
import { type AnySink, createSink, sinkKinds } from '../processors/sinks/create-sink.ts'
import { sinkStage } from '../processors/sinks/run-sink.ts'
import type { Clients } from '../systems/clients.ts'
import type { Platform } from './platform.ts'

/** The sinks of the configured systems; they come, go and begin anew with their systems, without a restart. */
export interface SinkParts {
  readonly name: string
  /** Starts and ends what differs. Rejects with the first that could not be started, after all others were. */
  follow(configuration: Configuration): Promise<void>
  close(): Promise<void>
  /** What is wrong with one of them; null while nothing is. */
  problem(): string | null
}

interface RunningSink {
  /** Of what it was made from. */
  readonly key: string
  readonly stage: RunningStage
}

export function createSinkParts(platform: Platform, clients: Clients, configuration: () => Configuration): SinkParts {
  const deps = { ...platform, topicPrefix: platform.config.topicPrefix, configuration }
  const running = new Map<string, RunningSink>()
  const failures = new Map<string, string>()
  const start = async (name: string, key: string, system: System, kind: PerSystemKind) => {
    await running.get(name)?.stage.close()
    running.delete(name)
    const sink = await createSink(system, kind, clients)
    if (sink === undefined) return
    running.set(name, { key, stage: await runStage(anySinkStage(system, sink, deps), deps) })
  }
  return {
    name: 'sinks',
    async follow({ systems }) {
      const wanted = systems.flatMap((system) => sinkKinds(system.type).map((kind) => ({ system, kind })))
      const names = new Set(wanted.map(({ system, kind }) => `${kind} ${system.id}`))
      for (const [name, { stage }] of running) {
        if (names.has(name)) continue
        await stage.close()
        running.delete(name)
      }
      failures.clear()
      const errors: unknown[] = []
      await Promise.all(
        wanted.map(async ({ system, kind }) => {
          const name = `${kind} ${system.id}`
          const key = keyOf(system)
          if (running.get(name)?.key === key) return
          await start(name, key, system, kind).catch((error: unknown) => {
            failures.set(name, toStreamError(error).message)
            errors.push(error)
          })
        }),
      )
      if (errors.length > 0) throw errors[0]
    },
    close: async () => void (await Promise.all([...running.values()].map(({ stage }) => stage.close()))),
    problem() {
      const ill = [...running].flatMap(([name, { stage }]) => (stage.problem() ? [`${name}: ${stage.problem()}`] : []))
      const all = [...ill, ...[...failures].map(([name, message]) => `${name}: ${message}`)]
      return all.length === 0 ? null : all.join('; ')
    },
  }
}

/** A system that is read in another way keeps its sinks. */
function keyOf({ reads: _reads, ...system }: System): string {
  return JSON.stringify(system)
}

function anySinkStage(system: Parameters<typeof sinkStage>[0], sink: AnySink, deps: Parameters<typeof sinkStage>[2]) {
  return sinkStage(system, sink as never, deps) as Stage<TopicKind>
}
