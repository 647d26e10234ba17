import type { Logger } from 'pino'
import type { TopicKind } from '../../events/topics.ts'
import { backOffMs } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import type { LogAdmin } from '../kafka/event-log.ts'
import type { OwnedPartition } from './partition-progress.ts'
import type { Stage } from './stage.ts'

const EVERY_MS = 1_000
const AFTER_FAILURE = { firstMs: 2_000, longestMs: 30_000 }

export interface IdleDeps {
  readonly admin: LogAdmin
  readonly clock: Clock
  readonly logger: Logger
  readonly topicPrefix: string
  /** Partitions owned now. */
  readonly owned: () => readonly OwnedPartition[]
  readonly random?: () => number
}

/** Calls `stage.onIdle` and `stage.onIdleAlone` for partitions that are handled up to their ends, until `signal` aborts. */
export async function watchIdle<K extends TopicKind>(
  stage: Stage<K>,
  deps: IdleDeps,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger } = deps
  let failures = 0
  while (!signal.aborted) {
    const waitMs = failures === 0 ? EVERY_MS : EVERY_MS + backOffMs(failures, AFTER_FAILURE, deps.random ?? Math.random)
    await clock.sleep(waitMs, signal).catch(() => undefined)
    try {
      for (const topic of stage.topics) if (!signal.aborted) await reportIdle(stage, topic, deps)
      failures = 0
    } catch (error) {
      failures += 1
      if (!signal.aborted) logger.warn({ stage: stage.name, err: error }, 'idle partitions could not be reported')
    }
  }
}

async function reportIdle<K extends TopicKind>(stage: Stage<K>, name: string, deps: IdleDeps): Promise<void> {
  const topic = `${deps.topicPrefix}${name}`
  const owned = deps.owned().filter((partition) => partition.topic === topic)
  if (owned.length === 0) return
  // Before the request: its answer may miss a record that is appended meanwhile (Guarantee 8).
  const asOf = deps.clock.now()
  const ends = new Map((await deps.admin.ends(topic)).map((end) => [end.partition, end]))
  const idle = owned.filter((one) => {
    const end = ends.get(one.partition)
    if (end === undefined || one.busy || !deps.owned().includes(one)) return false
    one.end = end.end
    return (one.handled ?? end.start) === end.end
  })
  if (idle.length === 0) return
  await stage.onIdle?.(
    idle.map(({ partition }) => partition),
    name,
    asOf,
  )
  if (stage.onIdleAlone === undefined) return
  for (const one of idle) {
    if (one.busy || !deps.owned().includes(one)) continue
    await one.inTurn(async () => stage.onIdleAlone?.(one.partition, name, asOf))
  }
}
