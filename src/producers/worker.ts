import type { Logger } from 'pino'
import type { Configuration, Read, System } from '../configuration/model.ts'
import { createNewerConfiguration, type NewerConfiguration } from '../configuration/newer-configuration.ts'
import type { SystemTypes } from '../configuration/system-type.ts'
import { noteCanceled } from '../control/cancel-run.ts'
import {
  endLease,
  type Lease,
  listReadControls,
  moveCutDate,
  type ReadControl,
  readSignal,
  releaseLease,
  renewLease,
  takeLease,
} from '../control/read-control.ts'
import { type ReadHolds, watchReadHolds } from '../control/read-holds.ts'
import { changeHeldRun, changeRun, getRun, type Run } from '../control/runs.ts'
import { isSweep, readOfControl, SWEEP_ACCEPTED, SWEEP_PREVIEW } from '../control/sweeps.ts'
import { StreamError, toStreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import type { Bell } from '../platform/bell.ts'
import type { Clock } from '../platform/clock.ts'
import type { AnySourceReader, ReadWindow } from '../systems/kit/source.ts'
import { finishDrain } from './finish-drain.ts'
import type { LastKnownDeps } from './last-known.ts'
import { countProof, createProofStart } from './proof-counts.ts'
import type { PublishDeps } from './publish.ts'
import { runSource } from './run-source.ts'
import { sweepSource } from './sweep-source.ts'

const POLL_MS = 500
/** How long a worker that saw nothing to do believes the signal: what was noted without one is found by then. */
const SEEN_MS = 10_000
const LEASE_MS = 30_000
/** Heartbeats within a lease: three may be lost. */
const HEARTBEATS = 4

export interface WorkerDeps extends PublishDeps, LastKnownDeps {
  readonly clock: Clock
  readonly logger: Logger
  readonly configuration: () => Configuration
  /** Types of systems there are. */
  readonly systemTypes: SystemTypes
  /** `queueUrl`: the queue that the run is to drain. */
  readonly createReader: (read: Read, system: System, queueUrl: string | null) => AnySourceReader
  /** Names this worker in leases. */
  readonly workerId: string
  /** Runs at once in this process. */
  readonly concurrency: number
  /** How long a lease lasts without a heartbeat; 30 s by default. */
  readonly leaseMs?: number
  /** Rings when a run starts to wait. What other processes let wait is found by looking. */
  readonly bell: Bell
}

/**
 * Takes due runs and does them, until `signal` aborts; then no page is begun any more, the one under way is finished or
 * given up, and the leases are given back for another worker to go on (Guarantee 10).
 */
export async function runWorker(deps: WorkerDeps, signal: AbortSignal): Promise<void> {
  const running = new Map<string, Promise<void>>()
  const looks = {
    holds: watchReadHolds(deps.tables, deps.clock, deps.configuration),
    newer: createNewerConfiguration(deps.tables, deps.clock),
    turns: new Turns(),
  }
  const startProofs = createProofStart(deps.meter, deps.configuration)
  let seen: Seen | null = null
  while (!signal.aborted) {
    startProofs()
    try {
      if (running.size > 0 || seen === null || (await isNew(deps, seen)))
        seen = await takeRuns(deps, looks, running, signal)
    } catch (error) {
      deps.logger.warn({ err: error }, 'runs could not be looked up; it will be tried again')
    }
    await deps.bell.pause(POLL_MS, signal)
  }
  await Promise.all(running.values())
}

/** What decides which of the runs that are due are begun. */
interface Looks {
  readonly holds: ReadHolds
  readonly newer: NewerConfiguration
  readonly turns: Turns
}

/**
 * Whose turn it is: reads that this process never began, then those that it began least recently. In the order of the
 * table, as many reads as run at once, if they are always due, would keep all others from running.
 */
class Turns {
  /** Oldest first. */
  readonly #begun = new Set<string>()

  inOrder(controls: readonly ReadControl[]): readonly ReadControl[] {
    const known = new Set(controls.map(({ read }) => read))
    // The row of a drain is gone when it has ended.
    for (const read of this.#begun) if (!known.has(read)) this.#begun.delete(read)
    const places = new Map([...this.#begun].map((read, index) => [read, index]))
    const placeOf = ({ read }: ReadControl) => places.get(read) ?? -1
    return controls.toSorted((one, other) => placeOf(one) - placeOf(other))
  }

  begin(read: string): void {
    this.#begun.delete(read)
    this.#begun.add(read)
  }
}

/** That no read had anything to do, and when. */
interface Seen {
  readonly at: number
  /** As it was before the look. */
  readonly signal: number
}

/** One small read in place of one of every read there is. */
async function isNew({ tables, clock }: WorkerDeps, seen: Seen): Promise<boolean> {
  return clock.now() - seen.at >= SEEN_MS || (await readSignal(tables)) !== seen.signal
}

/** Null while there is something to do, here or elsewhere: a worker that dies leaves it behind. */
async function takeRuns(
  deps: WorkerDeps,
  { holds, newer, turns }: Looks,
  running: Map<string, Promise<void>>,
  signal: AbortSignal,
): Promise<Seen | null> {
  const seen = { at: deps.clock.now(), signal: await readSignal(deps.tables) }
  const controls = await listReadControls(deps.tables)
  for (const control of turns.inOrder(controls)) {
    if (running.size >= deps.concurrency || signal.aborted) return null
    const id = control.current ?? control.due
    if (id === null || running.has(control.read) || control.lease_until > deps.clock.now()) continue
    // A run that waits is not begun; one that was begun and lost its worker comes to its end.
    if (control.current === null && (await holds.of(control.read)) !== undefined) continue
    const lease = await take(deps, newer, control, id)
    if (lease === undefined) continue
    turns.begin(control.read)
    const done = doRun(deps, lease, signal).finally(() => running.delete(control.read))
    running.set(control.read, done)
  }
  return controls.every(({ current, due }) => current === null && due === null) ? seen : null
}

async function take(
  deps: WorkerDeps,
  newer: NewerConfiguration,
  control: ReadControl,
  run: string,
): Promise<Lease | undefined> {
  const due = await getRun(deps.tables, run)
  // The dispatcher names the run before it writes it: not there yet is not there for us.
  if (due === undefined || (control.current === null && (await isAhead(deps, newer, control)))) return undefined
  return await takeLease(deps.tables, control, { id: deps.workerId, now: deps.clock.now(), leaseMs: leaseOf(deps) })
}

/** Reads of a new configuration may be requested before this process has it. */
async function isAhead(
  { configuration }: WorkerDeps,
  newer: NewerConfiguration,
  control: ReadControl,
): Promise<boolean> {
  const { systems, revision } = configuration()
  if (findRead(systems, readOfControl(control.read)) !== undefined) return false
  return (await newer.state(revision, null)) === 'coming'
}

function leaseOf({ leaseMs = LEASE_MS }: WorkerDeps): number {
  return leaseMs
}

async function doRun(deps: WorkerDeps, lease: Lease, stop: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const signal = AbortSignal.any([stop, lost.signal])
  const finished = new AbortController()
  const heartbeat = keepLease(deps, lease, lost, AbortSignal.any([signal, finished.signal]))
  try {
    const run = await getRun(deps.tables, lease.run)
    if (run !== undefined && run.cancel === null) {
      await (isSweep(run.trigger) ? sweep : readWindow)(deps, lease, run, signal)
    } else if (run !== undefined) await noteCanceled(deps.tables, run, lease.fence, deps.clock.now())
    await endLease(deps.tables, lease)
  } catch (error) {
    await giveUp(deps, lease, toStreamError(error), { stopped: stop.aborted, lost: lost.signal })
  } finally {
    finished.abort()
    await heartbeat
  }
}

/** A heartbeat without an answer says nothing about the lease: the run ends when another worker has it, or it is over. */
async function keepLease(deps: WorkerDeps, lease: Lease, lost: AbortController, until: AbortSignal): Promise<void> {
  let end = lease.until
  while (!until.aborted) {
    await deps.clock.sleep(leaseOf(deps) / HEARTBEATS, until).catch(() => undefined)
    if (until.aborted) return
    const next = deps.clock.now() + leaseOf(deps)
    const held = await renewLease(deps.tables, lease, next).catch(() => null)
    if (held === true) end = next
    else if (held === false) lost.abort(new StreamError('lease_lost', 'another worker has its lease'))
    else if (deps.clock.now() >= end) lost.abort(new StreamError('lease_lost', 'its lease could not be renewed'))
    const run = await getRun(deps.tables, lease.run).catch(() => undefined)
    if (run !== undefined && run.cancel !== null) lost.abort(new Canceled(run))
  }
}

/** Somebody asked that the run ends now. */
class Canceled extends Error {
  readonly run: Run

  constructor(run: Run) {
    super(`run ${run.id} is canceled`)
    this.run = run
  }
}

async function readWindow(deps: WorkerDeps, lease: Lease, run: Run, signal: AbortSignal): Promise<void> {
  const { read, system, connections } = configured(deps.configuration(), run.read)
  const reader = deps.createReader(read, system, run.queue_url)
  // Another worker noted the end, and did not come to what follows it.
  if (run.queue_url !== null && run.ended_at !== null)
    return await finishDrain(deps, { run, reader, fence: lease.fence, signal })
  const window = windowOf(run, read, deps.systemTypes.get(system.type)?.isQueue === true, lease, deps.clock.now())
  await changeHeldRun(
    deps.tables,
    { id: run.id, fence: lease.fence },
    {
      state: 'running',
      connections,
      started_at: run.started_at ?? isoTime(deps.clock.now()),
      window_from: isoTime(window.from),
      window_to: isoTime(window.to),
    },
  )
  const job = { run, read, window, fence: lease.fence, signal }
  const result = await runSource(deps, { ...job, reader })
  // Guarantee 1: everything of the window is acknowledged; a backfill, a queue that was named and a window without proof
  // leave the cut date.
  if (result.state === 'ended' && run.backfill_from === null && run.queue_url === null) {
    const moved = await moveCutDate(deps.tables, lease, new Date(window.to).toISOString(), deps.clock.now())
    if (!moved)
      throw new StreamError('lease_lost', `the cut date of ${read.id} was changed meanwhile; it was not moved`)
  }
  countProof(deps.meter, read.id, result)
  countRun(deps, lease, result.state)
  const ended = { ...result, ended_at: isoTime(deps.clock.now()) }
  await changeRun(deps.tables, { id: run.id, fence: lease.fence }, { set: ended })
  if (run.queue_url === null) return
  await finishDrain(deps, { run: { ...run, ...ended }, reader, fence: lease.fence, signal })
}

/** Looks for what is gone at the source; the cut date is no part of it. */
async function sweep(deps: WorkerDeps, lease: Lease, run: Run, signal: AbortSignal): Promise<void> {
  const { read, system, connections } = configured(deps.configuration(), readOfControl(lease.read))
  const held = { id: run.id, fence: lease.fence }
  await changeHeldRun(deps.tables, held, {
    state: 'running',
    connections,
    started_at: run.started_at ?? isoTime(deps.clock.now()),
  })
  const same = system.reads.filter(({ entity }) => entity === read.entity)
  const readers = same.map((one) => deps.createReader(one, system, null))
  const [accept, isPreview] = [run.trigger === SWEEP_ACCEPTED, run.trigger === SWEEP_PREVIEW]
  await sweepSource(deps, { run, read, readers, fence: lease.fence, signal, accept, isPreview })
  await changeRun(deps.tables, held, { set: { state: 'ended', ended_at: isoTime(deps.clock.now()) } })
  countRun(deps, lease, 'ended')
}

function countRun({ meter }: WorkerDeps, { read }: Lease, end: 'ended' | 'incomplete' | 'failed' | 'canceled'): void {
  meter?.count('waldstream_runs_total', { read, end })
}

function configured(configuration: Configuration, id: string): { read: Read; system: System; connections: string[] } {
  const found = findRead(configuration.systems, id)
  if (found === undefined) {
    throw new StreamError('configuration_invalid', `no system has the read ${id}: apply a configuration that has it`)
  }
  const subscribed = configuration.connections.filter((connection) => connection.reads.includes(id))
  return { ...found, connections: subscribed.map((connection) => connection.id) }
}

function findRead(systems: readonly System[], id: string): { read: Read; system: System } | undefined {
  for (const system of systems) {
    const read = system.reads.find((candidate) => candidate.id === id)
    if (read !== undefined) return { read, system }
  }
  return undefined
}

/** A run that was begun keeps its window, whoever goes on with it. */
function windowOf(run: Run, read: Read, isQueue: boolean, lease: Lease, now: number): ReadWindow {
  if (run.window_to !== null) {
    const from = run.window_from === null ? null : Date.parse(run.window_from)
    return { from, to: Date.parse(run.window_to), again: run.backfill_from !== null }
  }
  const start = read.startFrom === null ? null : Date.parse(read.startFrom)
  if (start === null && read.entity === 'orders' && !isQueue) {
    throw new StreamError(
      'start_from_missing',
      `${read.id}: orders need startFrom, the date of the first order to read`,
    )
  }
  const base = run.backfill_from ?? lease.cutDate
  const from = base === null ? start : Math.max(Date.parse(base) - read.overlapSeconds * 1000, start ?? 0)
  const to = Math.max(now - read.settleSeconds * 1000, from ?? 0)
  return { from, to, again: run.backfill_from !== null }
}

/** A run that was stopped or lost goes on elsewhere; one that failed ends, and its cut date stays (Guarantee 1). */
async function giveUp(
  deps: WorkerDeps,
  lease: Lease,
  error: StreamError,
  why: { readonly stopped: boolean; readonly lost: AbortSignal },
): Promise<void> {
  const { aborted, reason } = why.lost
  const canceled = aborted && reason instanceof Canceled ? reason.run : null
  if (canceled === null && (aborted || error.code === 'lease_lost')) {
    const { message } = aborted ? toStreamError(reason) : error
    deps.logger.warn({ read: lease.read, run: lease.run }, `the run is given up for another worker: ${message}`)
    return
  }
  try {
    if (canceled !== null) {
      await noteCanceled(deps.tables, canceled, lease.fence, deps.clock.now())
      countRun(deps, lease, 'canceled')
      return void (await endLease(deps.tables, lease))
    }
    if (why.stopped || error.policy === 'stop') {
      await releaseLease(deps.tables, lease)
      return
    }
    deps.logger.error({ read: lease.read, run: lease.run, code: error.code, err: error }, 'the run failed')
    countRun(deps, lease, 'failed')
    const ended = { state: 'failed' as const, ended_at: new Date(deps.clock.now()).toISOString() }
    const reason = { code: error.code, message: error.message }
    await changeRun(deps.tables, { id: lease.run, fence: lease.fence }, { set: { ...ended, error: reason } })
    await endLease(deps.tables, lease)
  } catch (cause) {
    deps.logger.warn({ read: lease.read, err: cause }, 'the lease could not be given back; it runs out by itself')
  }
}
