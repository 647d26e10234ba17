import type { Logger } from 'pino'
import { StreamError, toStreamError } from '../../errors.ts'
import type { TopicKind } from '../../events/topics.ts'
import { backOffMs } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import type { EventCodec } from '../codec.ts'
import type { Assignment, EventLog, LogAdmin, LogBatch, LogConsumption, LogProducer } from '../kafka/event-log.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Tracer } from '../tracing/tracer.ts'
import { OwnedPartition, type PartitionProgress } from './partition-progress.ts'
import type { Positions } from './positions.ts'
import { partitionContext, runBatch } from './run-batch.ts'
import type { PartitionContext, Stage } from './stage.ts'
import { checkPositions, type KnownPosition, knownPositions } from './start-positions.ts'
import { watchIdle } from './watch-idle.ts'
import { keepPositions, tickPartitions, watchProgress } from './watch-partitions.ts'

export interface StageDeps {
  readonly log: EventLog
  /** For dead letters. */
  readonly producer: LogProducer
  readonly codec: EventCodec
  readonly clock: Clock
  readonly logger: Logger
  readonly admin: LogAdmin
  readonly topicPrefix: string
  /** Prefix of the group id, before the stage's name; the topics' prefix by default. */
  readonly groupPrefix?: string
  /** Positions stored in addition to the broker's own. */
  readonly positions?: Positions
  /** In [0, 1), for back-offs. */
  readonly random?: () => number
  readonly meter?: Meter
  /** Undefined: no tracing. */
  readonly tracer?: Tracer | undefined
}

export interface RunningStage {
  /** Finishes the work under way, commits it, leaves the group (Guarantee 10). */
  close(): Promise<void>
  /**
   * What is wrong with the stage itself: its consumer is down, or a partition keeps failing. Null while it is healthy,
   * also while records are held back because their target is down.
   */
  problem(): string | null
  /**
   * A partition that made no progress despite several restarts of its consumer: only a new process may help. Else null.
   */
  stalled(): string | null
  /** Progress of the partitions owned now. */
  progress(): readonly PartitionProgress[]
  /** Group id, as the broker knows it. */
  readonly group: string
}

const RESTART = { firstMs: 1_000, longestMs: 30_000 }
/** How long handlers may take to end after they were asked to stop. */
const DRAIN_MS = 25_000
const UNHEALTHY_AFTER_MS = 60_000
/** How long to wait for a stuck consumer to leave its group before it is abandoned. */
const LEAVE_STUCK_MS = 10_000
/** After this many restarts, each after minutes without progress, another one is not expected to help. */
const STALLED_AFTER = 3

/**
 * Runs a stage as a member of its group, on all partitions assigned to it, until closed. Rejects when it can't join.
 */
export async function runStage<K extends TopicKind>(stage: Stage<K>, deps: StageDeps): Promise<RunningStage> {
  const member = new StageMember(stage, deps)
  await member.join()
  return {
    close: () => member.close(),
    group: member.group,
    problem: () => member.problem(),
    stalled: () => member.stalled(),
    progress: () => member.owned().map((partition) => partition.progress()),
  }
}

class StageMember<K extends TopicKind> {
  readonly #stage: Stage<K>
  readonly #deps: StageDeps
  readonly group: string
  readonly #topics: readonly string[]
  readonly #closing = new AbortController()
  #partitions: readonly OwnedPartition[] = []
  #consumption: LogConsumption | undefined
  #background: Promise<unknown>[] = []
  #failures = 0
  #failure = ''
  /** How often each partition was stuck since its last progress, by topic and number. */
  readonly #stuck = new Map<string, number>()

  constructor(stage: Stage<K>, deps: StageDeps) {
    this.#stage = stage
    this.#deps = deps
    this.group = `${deps.groupPrefix ?? deps.topicPrefix}${stage.name}`
    this.#topics = stage.topics.map((topic) => `${deps.topicPrefix}${topic}`)
  }

  async join(): Promise<void> {
    try {
      await this.#consume()
    } catch (error) {
      // A person can set the position meanwhile.
      if (toStreamError(error).code !== 'no_position') throw error
      this.#onFailure(error)
    }
    const { positions, admin } = this.#deps
    const { signal } = this.#closing
    const deps = { ...this.#deps, group: this.group, owned: () => this.#partitions }
    if ((this.#stage.onIdle ?? this.#stage.onIdleAlone) !== undefined)
      this.#background.push(watchIdle(this.#stage, deps, signal))
    if (positions !== undefined) this.#background.push(keepPositions({ ...deps, positions }, signal))
    const restart = (partition: OwnedPartition) => this.#onStuck(partition)
    this.#background.push(watchProgress(this.#stage, { ...deps, admin, restart }, signal))
    if (this.#stage.onTick === undefined) return
    const contextOf = (partition: OwnedPartition) => this.#contextOf(partition)
    this.#background.push(tickPartitions(this.#stage, { ...deps, contextOf }, signal))
  }

  #contextOf(owned: OwnedPartition): PartitionContext {
    const mine = () =>
      this.#partitions.includes(owned) && this.#consumption?.owns(owned.topic, owned.partition) === true
    return partitionContext(this.#stage.name, owned, this.#deps, this.#closing.signal, mine)
  }

  owned(): readonly OwnedPartition[] {
    return this.#partitions
  }

  problem(): string | null {
    if (this.#failures > 0) return this.#failure
    if ((this.#stage.heldBack?.() ?? null) !== null) return null
    const now = this.#deps.clock.now()
    const failing = this.#partitions.find(
      ({ failingSince: since }) => since !== null && now - since > UNHEALTHY_AFTER_MS,
    )
    return failing === undefined ? null : `partition ${placeText(failing)} keeps failing`
  }

  stalled(): string | null {
    const [stalled] = [...this.#stuck].find(([, times]) => times >= STALLED_AFTER) ?? []
    return stalled === undefined ? null : `partition ${stalled} has lag but makes no progress`
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const { clock, logger } = this.#deps
    const drained = new AbortController()
    const ended = this.#leave().finally(() => drained.abort())
    const late = clock.sleep(DRAIN_MS, drained.signal).then(
      () => logger.warn({ stage: this.#stage.name }, 'the stage did not end in time; its records will be redelivered'),
      () => undefined,
    )
    await Promise.race([ended, late])
  }

  async #leave(): Promise<void> {
    await Promise.all(this.#background)
    await this.#consumption?.close()
  }

  async #consume(): Promise<void> {
    if (this.#stage.withoutPosition === 'refuse') await checkPositions(this.group, this.#topics, this.#deps)
    const consumption = await this.#deps.log.consume({
      group: this.group,
      topics: this.#topics,
      from: 'earliest',
      startAt: (assigned) => this.#startsOf(assigned),
      onBatch: (batch) => this.#onBatch(batch),
      onAssigned: (partitions) => this.#onAssigned(partitions),
      onFailure: (error) => this.#onFailure(error),
    })
    this.#consumption = consumption
    if (this.#closing.signal.aborted) await consumption.close()
  }

  /** Notes how far the group has handled the partitions, and returns where those begin that the broker has lost. */
  async #startsOf(assigned: Assignment): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
    const mine = this.#partitions
    const known = await this.#knownOf(assigned, () => this.#partitions === mine)
    for (const partition of mine) {
      const position = known.get(partition.topic)?.get(partition.partition)
      partition.handled ??= position?.committed ?? position?.kept ?? null
    }
    const starts = (positions: ReadonlyMap<number, KnownPosition>) =>
      new Map([...positions].flatMap(([number, { kept }]) => (kept === null ? [] : [[number, kept] as const])))
    return new Map([...known].map(([topic, positions]) => [topic, starts(positions)]))
  }

  /** Asks again while broker or table do not answer: failing instead would make every member of the group join again. */
  async #knownOf(assigned: Assignment, isMine: () => boolean) {
    const { clock, logger, random = Math.random } = this.#deps
    const { signal } = this.#closing
    for (let failures = 1; ; failures += 1) {
      try {
        return await knownPositions(this.group, assigned, this.#deps)
      } catch (error) {
        if (toStreamError(error).policy === 'dead-letter' || signal.aborted || !isMine()) throw error
        logger.warn(
          { stage: this.#stage.name, err: error },
          'the positions of the group could not be read; will repeat it',
        )
        await clock.sleep(backOffMs(failures, RESTART, random), signal).catch(() => undefined)
      }
    }
  }

  #onAssigned(partitions: Assignment): void {
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
    this.#stuck.delete(placeText(owned))
  }

  /** A hung handler can't be stopped; giving up its partitions keeps it from having any effect. */
  async #onStuck(owned: OwnedPartition): Promise<void> {
    const place = placeText(owned)
    this.#stuck.set(place, (this.#stuck.get(place) ?? 0) + 1)
    const stuck = this.#consumption
    this.#consumption = undefined
    const given = new AbortController()
    const ended = stuck?.close().finally(() => given.abort())
    await Promise.race([ended, this.#deps.clock.sleep(LEAVE_STUCK_MS, given.signal).catch(() => undefined)])
    this.#onFailure(new StreamError('timed_out', `partition ${place} has lag but makes no progress`))
  }

  #onFailure(error: unknown): void {
    if (this.#closing.signal.aborted) return
    const { code, message } = toStreamError(error)
    this.#failures += 1
    this.#failure = message
    this.#partitions = []
    this.#deps.meter?.count('waldstream_consumer_failures_total', { stage: this.#stage.name, code })
    // Rejoining would take the partitions from the process that has them now, which would take them back, and so on.
    if (code === 'instance_taken') {
      this.#deps.logger.error({ stage: this.#stage.name, err: error }, 'the consumer has stopped')
      return
    }
    this.#deps.logger.warn({ stage: this.#stage.name, err: error }, 'the consumer failed and will be restarted')
    this.#background.push(this.#restart())
  }

  /** Retries without limit: broker outages end. */
  async #restart(): Promise<void> {
    const { clock, logger } = this.#deps
    const { signal } = this.#closing
    while (!signal.aborted) {
      await clock
        .sleep(backOffMs(this.#failures, RESTART, this.#deps.random ?? Math.random), signal)
        .catch(() => undefined)
      if (signal.aborted) return
      try {
        return await this.#consume()
      } catch (error) {
        this.#failures += 1
        logger.warn({ stage: this.#stage.name, err: error }, 'the consumer could not be restarted')
      }
    }
  }
}

function placeText({ topic, partition }: Pick<OwnedPartition, 'topic' | 'partition'>): string {
  return `${partition} of ${topic}`
}
