import { Accidents } from './accidents.ts'
import { checkConflicts } from './check-conflicts.ts'
import { checkDeadLetters, deadLettersOf } from './check-dead-letters.ts'
import { checkFeed, checkReader, checkRebuild } from './check-feed.ts'
import { checkOrders } from './check-orders.ts'
import { checkReservations, reservationFaults } from './check-reservations.ts'
import { checkTasks } from './check-tasks.ts'
import { SETTLE_SECONDS } from './configuration.ts'
import { beginConfiguration, beginPositions, makeLastChanges, planChanges, Requests } from './driver.ts'
import { type FeedReader, feedReaders } from './feed-reader.ts'
import type { Guard } from './guards.ts'
import { Lives } from './lives.ts'
import { Operators } from './operators.ts'
import { planOf } from './plan.ts'
import { rebuildInCalm, rebuildInChaos } from './rebuilds.ts'
import { rereadClaims } from './reread-claims.ts'
import { START } from './scheduler.ts'
import { leftToDo } from './settle.ts'
import type { Trace } from './trace.ts'
import { World } from './world.ts'

export interface SeedResult {
  readonly seed: number
  /** Guarantees that were found broken; none when the seed passes. */
  readonly violations: readonly string[]
  readonly steps: number
  /** Of all that happened: equal for every run of the seed. */
  readonly hash: string
  readonly virtualMs: number
}

/** Virtual time in which everything has to be done after the last thing went wrong. */
const SETTLE_WITHIN_MS = 20 * 60_000
const POLL_MS = 1_000
/** Rows that come late get their reservations in the minute after the next. */
const RESERVED_WITHIN_MS = 3 * 60_000

/** Runs a seed: chaos, then calm until nothing is left to do, then the checks. With a trace, for people, it is slower. */
export async function runSeed(seed: number, guard: Guard | null = null, trace?: Trace): Promise<SeedResult> {
  const world = new World(planOf(seed), { guard, ...(trace === undefined ? {} : { trace }) })
  const restore = forbidAmbient(trace !== undefined)
  try {
    await simulate(world)
  } catch (error) {
    world.violations.push(`the simulation failed: ${error instanceof Error ? error.stack : error}`)
  } finally {
    restore()
  }
  const { steps, trace: happened } = world.scheduler
  return { seed, violations: world.violations, steps, hash: happened.hash, virtualMs: world.now - START }
}

async function simulate(world: World): Promise<void> {
  const { scheduler, plan, violations } = world
  await beginConfiguration(world)
  await beginPositions(world)
  planChanges(world)
  new Lives(world).begin()
  const readers = feedReaders(world)
  for (const reader of readers) void reader.follow()
  let isSwitched = false
  void rebuildInChaos(world).then(() => {
    isSwitched = true
  })
  let isReleased = false
  void new Operators(world).begin().then(() => {
    isReleased = true
  })
  const requests = new Requests(world)
  const asking = requests.begin()
  const accidents = new Accidents(world)
  accidents.begin()
  const failed = () => violations.length > 0
  await scheduler.run(failed, START + plan.chaosMs + 3_000)
  accidents.end()
  let asked = false
  const ask = (first: Promise<unknown>) => {
    asked = false
    void first
      .then(() => requests.last())
      .then(() => {
        asked = true
      })
  }
  const quiet = async (isVendorDown = false) => {
    const done = () => asked && isSwitched && isReleased
    const left = await settle(world, { done, readers, isVendorDown })
    if (left.length > 0) world.broken(5, `it does not settle: ${left.join('; ')}`)
    if (!failed()) await reserved(world)
  }
  ask(asking)
  await quiet()
  if (failed()) return
  // Orders that no vendor has acknowledged reserve stock, also when all that they follow from is read again.
  accidents.vendorIsDown(true)
  makeLastChanges(world)
  ask(world.process('driver').clock.sleep(2 * SETTLE_SECONDS * 1000))
  await quiet(true)
  if (failed()) return
  let isReread = false
  void rereadClaims(world).then(() => {
    isReread = true
  })
  const within = (done: () => boolean) => scheduler.run(() => failed() || done(), world.now + SETTLE_WITHIN_MS)
  if (!(await within(() => isReread))) return world.broken(5, 'what reservations follow from is not read again')
  await quiet(true)
  if (failed()) return
  accidents.vendorIsDown(false)
  await quiet()
  if (failed()) return
  // Readers get what came to rows late.
  await quiet()
  if (failed()) return
  const rebuilt = await rebuildInCalm(world, within)
  const dead = await deadLettersOf(world)
  checkDeadLetters(world, dead)
  await checkConflicts(world, dead)
  await checkOrders(world, dead)
  await checkFeed(world)
  await checkReservations(world)
  for (const reader of readers) await checkReader(world, reader)
  await checkRebuild(world, rebuilt)
  await checkTasks(world)
}

/** Reservations reach a row that comes late with the next look at its SKU. */
async function reserved(world: World): Promise<void> {
  const until = world.now + RESERVED_WITHIN_MS
  for (;;) {
    const faults = await reservationFaults(world)
    if (faults.length === 0) return
    if (world.now > until) return await checkReservations(world)
    await world.scheduler.run(() => world.violations.length > 0, world.now + POLL_MS)
  }
}

interface Settling {
  readonly done: () => boolean
  readonly readers: readonly FeedReader[]
  readonly isVendorDown: boolean
}

async function settle(world: World, { done, readers, isVendorDown }: Settling): Promise<readonly string[]> {
  const { scheduler, violations } = world
  const until = world.now + SETTLE_WITHIN_MS
  let quietSince: number | null = null
  for (;;) {
    await scheduler.run(() => violations.length > 0, world.now + POLL_MS)
    if (violations.length > 0) return []
    const left = done() ? await leftToDo(world, isVendorDown) : ['the last run of a read, the rebuild, or an operator']
    if (left.length > 0) quietSince = null
    else quietSince ??= world.now
    const since = quietSince
    // Guarantee 8: who has read everything is told so.
    if (since !== null && readers.every(({ completeAt }) => (completeAt ?? 0) > since)) return []
    if (world.now > until) return left.length > 0 ? left : ['a reader of the feed is never told that it has caught up']
  }
}

/** Time and chance come from the world alone: who asks for others is found. */
function forbidAmbient(traced: boolean): () => void {
  const { now } = Date
  const { random } = Math
  const { stackTraceLimit } = Error
  const forbidden = (what: string) => () => {
    throw new Error(`${what} is not to be used here: it is to be passed in`)
  }
  // A third of the time would go into traces of errors that are part of the game.
  if (!traced) Error.stackTraceLimit = 0
  Date.now = forbidden('Date.now')
  Math.random = forbidden('Math.random')
  return () => {
    Date.now = now
    Math.random = random
    Error.stackTraceLimit = stackTraceLimit
  }
}
