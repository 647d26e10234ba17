import type { Connection, System } from '../configuration/model.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { countOrderHolds } from '../control/order-holds.ts'
import { listPauses as listPauseRows } from '../control/pauses.ts'
import { READS } from '../control/read-holds.ts'
import { tickInterval } from '../control/scheduler.ts'
import { countDeadLetters } from '../operations/dead-letters.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import { statusOfRecipients } from '../operations/notifications/notification-status.ts'
import { statusOfSubscriptions } from '../operations/outgoing/subscription-status.ts'
import { oversoldOf } from '../operations/oversold.ts'
import { listParked, listPauses } from '../operations/pauses.ts'
import { everything, type Principal } from '../operations/principal.ts'
import { pullsOf } from '../operations/pulls/list-pulls.ts'
import { agesOf, countLateOrders } from '../operations/status.ts'
import { forEachBounded } from '../platform/bounded.ts'
import type { Sample } from '../platform/metrics/meter.ts'
import { countStaged } from '../projections/count-staged.ts'
import { toFilter } from '../projections/letter-filter.ts'

type Deps = OperationDeps

/** The principal that reads the gauges; only numbers leave the process. */
const METRICS: Principal = everything({ kind: 'cli', name: 'metrics' })
/** Connections and reads that are queried concurrently; low, because gauges are not urgent. */
const AT_ONCE = 4
/** Maximum number of parked records to count. */
const MOST_PARKED = 2_000
const PARKED_PAGE = 500
const ENTITY_STATES = ['processing', 'waiting', 'failed'] as const

/** Gauges of the whole installation, from the tables. */
export async function installationSamples(deps: Deps): Promise<readonly Sample[]> {
  const configuration = await readConfiguration(deps.tables)
  const { systems, connections } = configuration
  const samples: Sample[] = []
  samples.push(...(await readSamples(deps, systems)))
  await forEachBounded(connections, AT_ONCE, async (connection) => {
    samples.push(...(await connectionSamples(deps, systems, connection)))
  })
  samples.push(...(await deadLetterSamples(deps)), ...(await parkedSamples(deps)))
  for (const { recipient, failing } of await statusOfRecipients(deps, METRICS, configuration)) {
    const value = failing === null ? 0 : secondsSince(failing.since, deps.clock.now())
    samples.push({ name: 'waldstream_recipient_failing_seconds', labels: { recipient }, value })
  }
  for (const { subscription, lag, failing, refused } of await statusOfSubscriptions(deps, METRICS, configuration)) {
    const labels = { subscription }
    const failingFor = failing === null ? 0 : secondsSince(failing.since, deps.clock.now())
    samples.push({ name: 'waldstream_subscription_lag_seconds', labels, value: lag })
    samples.push({ name: 'waldstream_subscription_failing_seconds', labels, value: failingFor })
    const waiting = refused.reduce((sum, one) => sum + one.waiting, 0)
    samples.push({ name: 'waldstream_subscription_waiting_events', labels, value: waiting })
  }
  for (const { stage, connection, code } of await listPauses(deps, METRICS)) {
    samples.push({ name: 'waldstream_paused', labels: { stage, connection, code }, value: 1 })
  }
  return samples
}

async function readSamples(deps: Deps, systems: readonly System[]): Promise<readonly Sample[]> {
  const { tables, clock } = deps
  const holds = new Map((await listPauseRows(tables, READS)).map((row) => [row.connection, row]))
  const reads = systems.flatMap((system) => system.reads)
  const samples: Sample[] = []
  await forEachBounded(reads, AT_ONCE, async (own) => {
    const interval = tickInterval(own, clock.now())
    const labels = { read: own.id }
    if (interval !== null) samples.push({ name: 'waldstream_read_interval_seconds', labels, value: interval / 1000 })
    for (const { age, problem, enabled } of await agesOf({ ...deps, holds }, METRICS, systems, [own])) {
      if (age !== null) samples.push({ name: 'waldstream_read_age_seconds', labels, value: age })
      if (enabled) samples.push({ name: 'waldstream_read_healthy', labels, value: problem === null ? 1 : 0 })
    }
  })
  return samples
}

async function connectionSamples(
  deps: Deps,
  systems: readonly System[],
  { id: connection, reads, vendor, sellableStock }: Connection,
): Promise<readonly Sample[]> {
  const { tables, clock } = deps
  const now = clock.now()
  const own = systems.flatMap((system) => system.reads).filter((read) => reads.includes(read.id))
  const entities = [...new Set(own.map(({ entity }) => entity))]
  const samples: Sample[] = []
  for (const entity of entities) {
    for (const state of ENTITY_STATES) {
      const { count, since } = await countStaged(tables, { connection, entity }, state)
      const labels = { connection, entity, state }
      const oldest = since === null ? 0 : secondsSince(since, now)
      samples.push({ name: 'waldstream_entities', labels, value: count })
      samples.push({ name: 'waldstream_entities_oldest_seconds', labels, value: oldest })
    }
  }
  if (entities.includes('orders')) {
    const late = await countLateOrders(tables, connection, now)
    const held = await countOrderHolds(tables, connection, now)
    samples.push({ name: 'waldstream_orders_late', labels: { connection }, value: late })
    samples.push({ name: 'waldstream_orders_held', labels: { connection }, value: held.count })
  }
  if (sellableStock !== undefined) {
    const oversold = await oversoldOf(tables, { vendor, sellableStock })
    samples.push({ name: 'waldstream_oversold_skus', labels: { connection }, value: oversold.length })
  }
  return [...samples, ...(await pullSamples(deps, connection))]
}

/** A reader may pull a feed by source; the oldest pull and the largest lag count. */
async function pullSamples(deps: Deps, connection: string): Promise<readonly Sample[]> {
  const pulls = await pullsOf(deps, connection)
  return [...Map.groupBy(pulls, ({ feed, reader }) => JSON.stringify([feed, reader])).values()].flatMap((alike) => {
    const [first] = alike
    if (first === undefined) return []
    const labels = { connection, feed: first.feed, reader: first.reader }
    const lags = alike.flatMap(({ lag }) => (lag === null ? [] : [lag]))
    const age = Math.max(...alike.map((pull) => pull.age))
    const ofAge = { name: 'waldstream_feed_pull_age_seconds', labels, value: age } as const
    if (lags.length === 0) return [ofAge]
    return [ofAge, { name: 'waldstream_feed_pull_lag_seconds', labels, value: Math.max(...lags) } as const]
  })
}

async function deadLetterSamples(deps: Deps): Promise<readonly Sample[]> {
  const { groups } = await countDeadLetters(deps, METRICS, toFilter({ state: 'open', from: null, to: null }))
  const alike = Map.groupBy(groups, ({ stage, connection, code }) => JSON.stringify([stage, connection, code]))
  return [...alike.values()].flatMap((own) => {
    const [first] = own
    if (first === undefined) return []
    const labels = { stage: first.stage, connection: first.connection ?? '', code: first.code }
    const count = own.reduce((sum, group) => sum + group.count, 0)
    const oldest = Math.max(...own.map(({ first_at }) => secondsSince(first_at, deps.clock.now())))
    return [
      { name: 'waldstream_open_dead_letters', labels, value: count },
      { name: 'waldstream_open_dead_letters_oldest_seconds', labels, value: oldest },
    ] as const
  })
}

async function parkedSamples(deps: Deps): Promise<readonly Sample[]> {
  const counts = new Map<string, { readonly stage: string; readonly connection: string; count: number }>()
  let [after, seen]: [string | null, number] = [null, 0]
  do {
    const filter = { stage: null, connection: null }
    const page = await listParked(deps, METRICS, { filter, limit: PARKED_PAGE, after })
    for (const { stage, connection } of page.items) {
      const name = JSON.stringify([stage, connection])
      const known = counts.get(name) ?? { stage, connection, count: 0 }
      known.count += 1
      counts.set(name, known)
    }
    seen += page.items.length
    after = page.next
  } while (after !== null && seen < MOST_PARKED)
  return [...counts.values()].map(({ count, ...labels }) => ({
    name: 'waldstream_parked_records',
    labels,
    value: count,
  }))
}

function secondsSince(time: string, now: number): number {
  return Math.max(0, (now - Date.parse(time)) / 1000)
}
