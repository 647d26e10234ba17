import type { Logger } from 'pino'
import type { TopicKind } from '../../events/topics.ts'
import type { Clock } from '../clock.ts'
import type { LogAdmin, PartitionEnd } from '../kafka/event-log.ts'
import type { OwnedPartition } from './partition-progress.ts'
import type { Positions } from './positions.ts'
import type { PartitionContext, Stage } from './stage.ts'

const TICK_MS = 1_000
const NOTE_MS = 5_000
const WATCHDOG_MS = 10_000
/**
 * A consumer that has lag and makes no progress for this long, without a known reason, is stuck. A delivery may take 150 s
 * without a sign of progress: it waits for its turn, and then for the answer.
 */
const STUCK_AFTER_MS = 240_000

export interface WatchDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly group: string
  readonly owned: () => readonly OwnedPartition[]
}

async function every(ms: number, { clock, logger }: WatchDeps, signal: AbortSignal, call: () => Promise<void>) {
  while (!signal.aborted) {
    await clock.sleep(ms, signal).catch(() => undefined)
    if (signal.aborted) return
    await call().catch((err: unknown) => logger.warn({ err }, 'a periodic task of a consumer failed; will repeat it'))
  }
}

/**
 * Calls `stage.onTick` for each owned partition, one call of a partition at a time, until `signal` aborts; resolves
 * when the calls under way have ended. Runs in parallel with batches: a call that waits for a slow target must not
 * delay a batch and its heartbeats.
 */
export async function tickPartitions<K extends TopicKind>(
  stage: Stage<K>,
  deps: WatchDeps & { readonly contextOf: (partition: OwnedPartition) => PartitionContext },
  signal: AbortSignal,
): Promise<void> {
  const ticking = new Map<OwnedPartition, Promise<void>>()
  const tick = async (partition: OwnedPartition) => {
    const context = deps.contextOf(partition)
    try {
      await stage.onTick?.(context)
    } catch (err) {
      const { topic, partition: number } = partition
      const place = { stage: stage.name, topic, partition: number }
      if (!context.signal.aborted) deps.logger.warn({ ...place, err }, 'a tick failed; it will be repeated')
    } finally {
      ticking.delete(partition)
    }
  }
  await every(TICK_MS, deps, signal, async () => {
    for (const partition of deps.owned()) if (!ticking.has(partition)) ticking.set(partition, tick(partition))
  })
  await Promise.all(ticking.values())
}

/** Stores the committed positions in `checkpoints`, every few seconds and once more at the end. */
export async function keepPositions(deps: WatchDeps & { readonly positions: Positions }, signal: AbortSignal) {
  const noted = new WeakMap<OwnedPartition, bigint>()
  const note = async () => {
    for (const partition of deps.owned()) {
      const { handled } = partition
      if (handled === null || noted.get(partition) === handled) continue
      await deps.positions.note(deps.group, partition.topic, partition.partition, handled)
      noted.set(partition, handled)
    }
  }
  await every(NOTE_MS, deps, signal, note)
  await note().catch(() => undefined)
}

/** Last observed state of a partition, and since when it has not changed. */
interface Seen {
  readonly handled: bigint | null
  readonly activity: number
  readonly since: number
}

/**
 * Calls `restart` when a partition has lag and has made no progress for four minutes, though the stage neither fails nor
 * holds its records back on purpose: its consumer is alive but does nothing. Idle partitions have no lag and slow
 * batches make progress: neither is restarted, because a restart interrupts every member of the group. Reads the
 * committed offset from the broker before it restarts.
 */
export async function watchProgress<K extends TopicKind>(
  stage: Stage<K>,
  deps: WatchDeps & { readonly admin: LogAdmin; readonly restart: (partition: OwnedPartition) => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  const seen = new WeakMap<OwnedPartition, Seen>()
  await every(WATCHDOG_MS, deps, signal, async () => {
    const now = deps.clock.now()
    const waits = (stage.heldBack?.() ?? null) !== null
    for (const partition of await laggingPartitions(deps)) {
      const { handled, activity, failingSince } = partition
      const last = seen.get(partition)
      const moves = last === undefined || last.handled !== handled || last.activity !== activity
      if (moves || waits || failingSince !== null) seen.set(partition, { handled, activity, since: now })
      else if (now - last.since > STUCK_AFTER_MS && !(await hasMoved(partition, deps)))
        return await deps.restart(partition)
    }
  })

  /** Owned partitions with unhandled records; drops the observed state of the others. */
  async function laggingPartitions({ admin, owned, clock }: typeof deps): Promise<readonly OwnedPartition[]> {
    const lagging: OwnedPartition[] = []
    for (const [topic, partitions] of Map.groupBy(owned(), (partition) => partition.topic)) {
      const ends = new Map((await admin.ends(topic)).map((end) => [end.partition, end]))
      for (const partition of partitions) {
        const end = ends.get(partition.partition)
        if (end !== undefined) noteEnd(partition, end, clock.now())
        if (end !== undefined && end.end > (partition.handled ?? end.start)) lagging.push(partition)
        else seen.delete(partition)
      }
    }
    return lagging
  }
}

/** Records a partition's end without a batch of it, and that its unhandled records existed by `now`. */
function noteEnd(partition: OwnedPartition, { start, end }: PartitionEnd, now: number): void {
  partition.end = end
  if (end > (partition.handled ?? start)) partition.oldestAt ??= now
}

/** Whether the broker has a later committed offset than is known here. */
async function hasMoved(
  partition: OwnedPartition,
  { admin, group }: { readonly admin: LogAdmin; readonly group: string },
): Promise<boolean> {
  const committed = (await admin.committed(group, partition.topic)).get(partition.partition) ?? null
  if (committed === null || committed <= (partition.handled ?? -1n)) return false
  partition.handled = committed
  return true
}
