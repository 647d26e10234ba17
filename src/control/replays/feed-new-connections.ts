import type { Logger } from 'pino'
import { digest } from '../../events/identity.ts'
import type { Clock } from '../../platform/clock.ts'
import { number, oneOf, or, orNull, rowsOf, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { type Jobs, jobId } from '../../platform/jobs.ts'
import { controlRows } from '../read-control.ts'
import { SUBSCRIPTIONS } from '../tables.ts'
import { newReplay, type ReplayTarget, USUAL_REPLAY_RATE } from './create-replays.ts'
import type { ConfiguredConnection, ConfiguredRead, Replay, ReplayConfiguration } from './replay.ts'

/** Marker row: written once the first connections are recorded, in an installation that had no such table. */
const BEGUN = { connection: '*', read: '*' } as const

export interface FeedDeps {
  readonly tables: Tables
  readonly jobs: Jobs<Replay>
  readonly clock: Clock
  readonly logger: Logger
  readonly configuration: () => ReplayConfiguration
  /** Which processor consumes a source topic. */
  readonly targets: readonly ReplayTarget[]
}

const POLL_MS = 1_000

/** Looks for connections that newly subscribe to a read, until `signal` aborts. Any number of processes may run it. */
export async function feedNewConnections(deps: FeedDeps, signal: AbortSignal): Promise<void> {
  let seen = -1
  while (!signal.aborted) {
    try {
      const configuration = deps.configuration()
      if (configuration.revision !== seen) await feedOnce(deps, configuration)
      seen = configuration.revision
    } catch (error) {
      deps.logger.warn({ err: error }, 'could not look for new connections; trying again')
    }
    await deps.clock.sleep(POLL_MS, signal).catch(() => undefined)
  }
}

/**
 * Feeds a connection on a source that was read before by a replay of the stored events for it alone: the source is not
 * read again. Once for each connection and read: the row of the subscription names the replay before it is created, so
 * that after a crash the same one is created (Guarantee 2). A read that never ran has no events to replay.
 */
export async function feedOnce(deps: FeedDeps, configuration: ReplayConfiguration): Promise<void> {
  const table = rowsOf(deps.tables, subscriptionRows)
  const rows = (await Array.fromAsync(table.scan())).flat()
  const isFirst = !rows.some(({ connection }) => connection === BEGUN.connection)
  const pairs = pairsOf(configuration)
  for (const { connection, read } of pairs) {
    const row = rows.find((one) => one.connection === connection.id && one.read === read.id)
    if (row?.state === 'fed') continue
    await feed(deps, connection, read, row, isFirst)
  }
  for (const row of rows) {
    const isThere = pairs.some(({ connection, read }) => connection.id === row.connection && read.id === row.read)
    // If it comes back, it has missed the events in between.
    if (!isThere && row.connection !== BEGUN.connection) {
      await table.delete({ connection: row.connection, read: row.read })
    }
  }
  if (isFirst) await table.put({ ...BEGUN, state: 'fed', replay: null, at: deps.clock.now() })
}

interface Subscription {
  readonly connection: string
  readonly read: string
  /** `pending`: the replay is to be created; `blocked`: it waits for `ordersFrom`. */
  readonly state: 'pending' | 'blocked' | 'fed'
  readonly replay: string | null
  /** When it was first seen, milliseconds. */
  readonly at: number
}

export const subscriptionRows = rowType<Subscription>(SUBSCRIPTIONS, ['connection', 'read'], {
  connection: text,
  read: text,
  state: oneOf('pending', 'blocked', 'fed'),
  replay: orNull(text),
  at: or(number, 0),
})

async function feed(
  deps: FeedDeps,
  connection: ConfiguredConnection,
  read: ConfiguredRead,
  known: Subscription | undefined,
  isFirst: boolean,
): Promise<void> {
  const { tables, jobs, clock, logger } = deps
  const table = rowsOf(tables, subscriptionRows)
  const key = { connection: connection.id, read: read.id }
  if (known === undefined && (isFirst || !(await wasRead(tables, read.id)))) {
    return void (await table.put({ ...key, state: 'fed', replay: null, at: clock.now() }, absent))
  }
  if (known === undefined) {
    const mark = digest(connection.id, read.id, String(clock.now())).slice(0, 8)
    const replay = jobId('replay', clock.now(), mark)
    await table.put({ ...key, state: 'pending', replay, at: clock.now() }, absent)
  }
  // As the first writer stored it.
  const row = await table.get(key)
  const job = row === undefined || row.state === 'fed' ? undefined : replayOf(deps, connection, read, row)
  if (job === undefined) return
  await jobs.create(job)
  const made = await jobs.get(job.id)
  if (made?.state === 'blocked' && job.state === 'due') await jobs.change(made, { state: 'due', error: null })
  await table.update(key, { set: { state: job.state === 'blocked' ? 'blocked' : 'fed' } })
  const event = { replay: job.id, ...key }
  if (job.state === 'blocked') logger.error(event, `a new connection does not get orders yet: ${job.error?.message}`)
  else logger.info(event, 'feeding a new connection by a replay')
}

const absent = { absent: 'connection' } as const

/** Undefined: no processor consumes the entity. */
function replayOf(
  deps: FeedDeps,
  connection: ConfiguredConnection,
  read: ConfiguredRead,
  row: Subscription,
): Replay | undefined {
  const target = deps.targets.find(({ topic }) => topic === read.entity)
  if (target === undefined || row.replay === null) return undefined
  const request = {
    ...target,
    connection: connection.id,
    source: read.system,
    key: null,
    from: null,
    to: null,
    offsets: null,
    allVersions: false,
    trigger: 'new-connection',
    by: null,
    rate: USUAL_REPLAY_RATE,
    reason: `${connection.id} subscribes to ${read.id}`,
  }
  const job = newReplay(request, row.replay, row.at)
  if (read.entity !== 'orders' || connection.shop !== read.system || connection.ordersFrom !== null) return job
  const message =
    `connection ${connection.id} is new on ${read.id}, which was read before: set ordersFrom, the date of the first ` +
    'order for the vendor; the replay then starts'
  return { ...job, state: 'blocked', error: { code: 'start_from_missing', message } }
}

async function wasRead(tables: Tables, read: string): Promise<boolean> {
  const control = await rowsOf(tables, controlRows).get({ read })
  return control !== undefined && (control.cut_date !== null || control.current !== null)
}

function pairsOf({
  systems,
  connections,
}: ReplayConfiguration): readonly { connection: ConfiguredConnection; read: ConfiguredRead }[] {
  const reads = new Map(systems.flatMap((system) => system.reads).map((read) => [read.id, read]))
  return connections.flatMap((connection) =>
    connection.reads.flatMap((id) => {
      const read = reads.get(id)
      return read === undefined ? [] : [{ connection, read }]
    }),
  )
}
