import type { Logger } from 'pino'
import type { TopicKind } from '../../events/topics.ts'
import { backOffMs } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import type { EventCodec } from '../codec.ts'
import type { EventLog, LogAdmin, LogBatch, LogConsumption, LogProducer } from '../kafka/event-log.ts'
import { OwnedPartition, type PartitionProgress } from './partition-progress.ts'
import { runBatch } from './run-batch.ts'
import type { Stage } from './stage.ts'
import { watchIdle } from './watch-idle.ts'

export interface StageDeps {
  readonly log: EventLog
  /** For dead letters. */
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly clock: Clock
  readonly logger: Logger
  readonly admin: LogAdmin
  readonly topicPrefix: string
  /** Before the stage's name in the group id; the topics' prefix by default. */
  readonly groupPrefix?: string
}

export interface RunningStage {
  /** Ends what is under way, commits what is done, leaves the group (Guarantee 10). */
  close(): Promise<void>
  /** False while the consumer is down, or a partition has failed for more than a minute. */
  healthy(): boolean
  progress(): readonly PartitionProgress[]
}

const RESTART = { firstMs: 1_000, longestMs: 30_000 }
/** What the handlers may take to end after they were asked to. */
const DRAIN_MS = 25_000
const UNHEALTHY_AFTER_MS = 60_000

/** Runs a stage as a member of its group, in as many partitions as it is given, until it is closed. Rejects when it can't join. */
export async function runStage<K extends TopicKind>(stage: Stage<K>, deps: StageDeps): Promise<RunningStage> {
  const member = new StageMember(stage, deps)
  await member.join()
  return {
    close: () => member.close(),
    healthy: () => member.healthy(),
    progress: () => member.owned().map((partition) => partition.progress()),
  }
}

class StageMember<K extends TopicKind> {
  readonly #stage: Stage<K>
  readonly #deps: StageDeps
  readonly #group: string
  readonly #topics: readonly string[]
  readonly #closing = new AbortController()
  #partitions: readonly OwnedPartition[] = []
  #consumption: LogConsumption | undefined
  #background: Promise<unknown>[] = []
  #failures = 0

  constructor(stage: Stage<K>, deps: StageDeps) {
    this.#stage = stage
    this.#deps = deps
    this.#group = `${deps.groupPrefix ?? deps.topicPrefix}${stage.name}`
    this.#topics = stage.topics.map((topic) => `${deps.topicPrefix}${topic}`)
  }

  async join(): Promise<void> {
    await this.#consume()
    if (this.#stage.onIdle === undefined) return
    const deps = { ...this.#deps, group: this.#group, owned: () => this.#partitions }
    this.#background.push(watchIdle(this.#stage, deps, this.#closing.signal))
  }

  owned(): readonly OwnedPartition[] {
    return this.#partitions
  }

  healthy(): boolean {
    const now = this.#deps.clock.now()
    const failing = this.#partitions.some(
      ({ failingSince: since }) => since !== null && now - since > UNHEALTHY_AFTER_MS,
    )
    return this.#failures === 0 && !failing
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const { clock, logger } = this.#deps
    const drained = new AbortController()
    const ended = this.#leave().finally(() => drained.abort())
    const late = clock.sleep(DRAIN_MS, drained.signal).then(
      () =>
        logger.warn({ stage: this.#stage.name }, 'the stage did not end in time; its records are handed over again'),
      () => undefined,
    )
    await Promise.race([ended, late])
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#background)
    await this.#consumption?.close()
  }

  async #consume(): Promise<void> {
    const consumption = await this.#deps.log.consume({
      group: this.#group,
      topics: this.#topics,
      from: 'earliest',
      onBatch: (batch) => this.#onBatch(batch),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onFailure: (error) => this.#onFailure(error),
    })
    this.#consumption = consumption
    if (this.#closing.signal.aborted) await consumption.close()
  }

  #onAssigned(partitions: ReadonlyMap<string, readonly number[]>): void {
    this.#failures = 0
    this.#partitions = [...partitions].flatMap(([topic, numbers]) =>
      numbers.map((number) => new OwnedPartition(topic, number)),
    )
  }

  async #onBatch(batch: LogBatch): Promise<void> {
    const owned = this.#partitions.find(
      ({ topic, partition }) => topic === batch.topic && partition === batch.partition,
    )
    if (owned === undefined) return
    owned.end = batch.highWatermark
    await owned.inTurn(() => runBatch(this.#stage, batch, owned, this.#deps, this.#closing.signal))
  }

  #onFailure(error: unknown): void {
    if (this.#closing.signal.aborted) return
    this.#failures += 1
    this.#partitions = []
    this.#deps.logger.warn({ stage: this.#stage.name, err: error }, 'the consumer failed and is started again')
    this.#background.push(this.#restart())
  }

  /** Tries for as long as it takes; broker outages end. */
  async #restart(): Promise<void> {
    const { clock, logger } = this.#deps
    const { signal } = this.#closing
    while (!signal.aborted) {
      await clock.sleep(backOffMs(this.#failures, RESTART, Math.random), signal).catch(() => undefined)
      if (signal.aborted) return
      try {
        return await this.#consume()
      } catch (error) {
        this.#failures += 1
        logger.warn({ stage: this.#stage.name, err: error }, 'the consumer could not be started again')
      }
    }
  }
}
