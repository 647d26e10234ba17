import type { Logger } from 'pino'
import type { ConnectionGuard } from '../control/connection-guard.ts'
import type { Pause } from '../control/pauses.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { forEachKey } from '../platform/bounded.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import type { LogRecord } from '../platform/kafka/event-log.ts'
import { type ParkedRecord, parkedId } from '../platform/runtime/parked-item.ts'
import { createParkedOwners, type ParkedOwners } from '../platform/runtime/parked-owners.ts'
import { createParking, type Parked, type Parking, parkedOwner } from '../platform/runtime/parking.ts'
import type { PartitionContext } from '../platform/runtime/stage.ts'
import {
  mappedPlaces,
  type ResultAbout,
  type ResultEnd,
  type StageResult,
  stageResult,
} from '../platform/runtime/stage-result.ts'
import type { StatusReporter } from '../platform/runtime/status-reporter.ts'
import type { Tracer } from '../platform/tracing/tracer.ts'

/** Parked records taken up at once. */
const AT_ONCE = 100

export interface WaitingRoomDeps {
  readonly tables: Tables
  readonly clock: Clock
  readonly logger: Logger
  readonly reporter: StatusReporter
  /** Reads one record again: one too large for a row, or of a key that is checked. */
  readonly log: { read(topic: string, partition: number, offset: bigint): Promise<LogRecord | null | undefined> }
  /** Of the process; if absent, of the stage alone. */
  readonly parkedOwners?: ParkedOwners
  /** Undefined: tracing is off. */
  readonly tracer?: Tracer | undefined
}

/** The outcome of a parked record or check that was taken up. */
export interface TakenUp {
  readonly results: readonly StageResult[]
  /** It waits on: its row stays. */
  readonly waits: boolean
  /** Its connection is broken: the rest of its group waits on. */
  readonly endsGroup?: boolean
}

/** How a stage takes up its parked records. */
export interface TakingUp {
  /** Entries of one group are taken up one after the other in `order`; up to `sideBySide` groups run in parallel. */
  groupOf(parked: Parked): string
  readonly order: (a: ParkedRecord, b: ParkedRecord) => number
  readonly sideBySide: number
  /** The first record of a group is the newest version: the others are superseded and not taken up. */
  readonly newestOnly: boolean
  /** Runs the work on a group while nobody else works on it. */
  inTurn(group: string, work: () => Promise<void>): Promise<void>
  /** `probe`: the pause of its connection, which the attempt checks; null: the connection is not paused. */
  takeUp(parked: Parked, probe: Pause | null, context: PartitionContext): Promise<TakenUp>
}

/**
 * Where a stage's records wait with their offsets committed: until a time, or until a connection's pause ends. One per
 * stage; its rows are in `parked`.
 */
export interface WaitingRoom {
  rows(partition: number): Parking
  /** The record as it arrived, also if its row has no room for it. */
  recordOf(parked: ParkedRecord): Promise<LogRecord>
  /** Throws `not_found`. */
  read(topic: string, partition: number, offset: bigint): Promise<LogRecord>
  /**
   * Takes up what is due in a partition: entries whose time has come, entries of connections that are not paused (any
   * more), and one record of each connection that is due for a probe. A row is removed after its result is acknowledged
   * (Guarantee 1): if interrupted before, it is taken up again. An entry that can't be read stays for `againMs`.
   */
  release(context: PartitionContext, taking: TakingUp): Promise<void>
}

/** `againMs`: pause before an entry that could not be taken up is tried again. */
export function createWaitingRoom(
  stage: string,
  deps: WaitingRoomDeps,
  guard: ConnectionGuard,
  againMs: number,
): WaitingRoom {
  const { tables, clock } = deps
  const owners = deps.parkedOwners ?? createParkedOwners(tables, clock)
  const rows = (partition: number) => createParking(tables, stage, partition, owners)
  const read: WaitingRoom['read'] = async (topic, partition, offset) => {
    const record = await deps.log.read(topic, partition, offset)
    if (record) return record
    throw new StreamError('not_found', `offset ${offset} of partition ${partition} of ${topic} is no longer stored`)
  }
  return {
    rows,
    read,
    async recordOf({ record, whole }) {
      return whole ? record : await read(record.topic, record.partition, record.offset)
    },
    async release(context, taking) {
      const { partition } = context
      if (!(await owners.mayHold(parkedOwner(stage, partition)))) return
      const parking = rows(partition)
      const groups = groupsOf(await findDue(parking, guard, clock.now()), taking)
      const release = new ReleaseRun(stage, parking, context, taking, { ...deps, againMs })
      await release.run(groups)
    },
  }
}

/** The due entries of one group. */
interface Group {
  readonly name: string
  readonly parked: readonly Parked[]
  /** The pause that its one entry checks; null: its connection is not paused. */
  readonly probe: Pause | null
}

/** Due entries, and one entry of each paused connection that is due for a probe. */
async function findDue(parking: Parking, guard: ConnectionGuard, now: number) {
  const due: Parked[] = [...(await parking.due(now, AT_ONCE))]
  const probes: { readonly parked: Parked; readonly pause: Pause | null }[] = []
  for (const connection of await parking.holders()) {
    const paused = (await guard.pauses()).get(connection)
    if (paused === undefined) due.push(...(await parking.heldFor(connection, AT_ONCE)))
    else if (await guard.claim(paused)) {
      const [parked] = await parking.heldFor(connection, 1)
      if (parked !== undefined) probes.push({ parked, pause: paused.pause })
    }
  }
  return { due, probes }
}

function groupsOf({ due, probes }: Awaited<ReturnType<typeof findDue>>, { groupOf }: TakingUp): readonly Group[] {
  return [
    ...probes.map(({ parked, pause }) => ({ name: groupOf(parked), parked: [parked], probe: pause })),
    ...[...Map.groupBy(due, groupOf)].map(([name, parked]) => ({ name, parked, probe: null })),
  ]
}

/** One pass over the due entries of a partition. */
class ReleaseRun {
  readonly #stage: string
  readonly #parking: Parking
  readonly #context: PartitionContext
  readonly #taking: TakingUp
  readonly #deps: WaitingRoomDeps & { readonly againMs: number }
  readonly #results: StageResult[] = []
  readonly #ended: Parked[] = []

  constructor(
    stage: string,
    parking: Parking,
    context: PartitionContext,
    taking: TakingUp,
    deps: WaitingRoomDeps & { readonly againMs: number },
  ) {
    this.#stage = stage
    this.#parking = parking
    this.#context = context
    this.#taking = taking
    this.#deps = deps
  }

  async run(groups: readonly Group[]): Promise<void> {
    const { sideBySide, inTurn } = this.#taking
    try {
      await forEachKey(
        groups,
        ({ name }) => name,
        sideBySide,
        (group) => inTurn(group.name, () => this.#takeGroup(group)),
      )
    } finally {
      // Also after a failure: entries that were taken up before it are not repeated with every tick.
      await this.#settle()
    }
  }

  async #settle(): Promise<void> {
    if (this.#results.length + this.#ended.length === 0) return
    this.#context.assertOwned()
    if (this.#results.length > 0) {
      await this.#deps.reporter.report(this.#stage, this.#context.partition, this.#results)
    }
    for (const parked of this.#ended) await this.#parking.remove(parked)
  }

  async #takeGroup({ parked: all, probe }: Group): Promise<void> {
    const { order, newestOnly } = this.#taking
    const records = all.filter((parked) => parked.what === 'record').toSorted(order)
    const older = newestOnly ? records.slice(1) : []
    for (const parked of older) {
      // The same version in another record has its result already.
      if (parked.rank !== records[0]?.rank) this.#results.push(parkedResult(parked, superseded(NEWER_WAITS)))
      this.#ended.push(parked)
    }
    const checks = all.filter((parked) => parked.what === 'check')
    for (const parked of [...(newestOnly ? records.slice(0, 1) : records), ...checks]) {
      if (!(await this.#takeUp(parked, probe))) return
    }
  }

  /** False: the rest of the group waits on. */
  async #takeUp(parked: Parked, probe: Pause | null): Promise<boolean> {
    try {
      const { results, waits, endsGroup = false } = await this.#taking.takeUp(parked, probe, this.#context)
      this.#results.push(...results)
      if (!waits) this.#ended.push(parked)
      return !endsGroup
    } catch (thrown) {
      const error = toStreamError(thrown)
      // Not about the record: all entries are taken up again with the next tick.
      if (error.policy === 'stop' || error.policy === 'retry') throw error
      const { logger, clock, againMs } = this.#deps
      logger.error(
        { stage: this.#stage, parked: parked.id, err: error },
        'cannot take up a parked record; it stays parked',
      )
      const at = clock.now() + againMs
      if (parked.what === 'record') await this.#parking.park(parked, { at })
      else await this.#parking.postpone(parked, at)
      return true
    }
  }
}

const NEWER_WAITS = 'a newer version is waiting too'

export function superseded(message: string): ResultEnd {
  return { status: 'superseded', code: 'older_version', message, targetId: null }
}

/** The result of a record that waited. */
export function parkedResult({ about, record }: ParkedRecord, end: ResultEnd): StageResult {
  return stageResult(about, end, mappedPlaces(record))
}

/** A record parked for one connection, and why. `key`: the same for all its versions. */
export function parkedRecord(
  record: LogRecord,
  about: ResultAbout & { readonly connection: string },
  { key, rank }: Pick<ParkedRecord, 'key' | 'rank'>,
  why: Pick<ParkedRecord, 'attempts' | 'firstAt' | 'code' | 'message'>,
): ParkedRecord {
  const { connection } = about
  const { attempts, firstAt, code, message } = why
  const id = parkedId(connection, key, record.offset)
  return { id, connection, key, rank, record, whole: true, attempts, firstAt, code, message, about }
}
