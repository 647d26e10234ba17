import { randomBytes } from 'node:crypto'
import type { Logger } from 'pino'
import { toStreamError } from '../errors.ts'
import type { Clock } from '../platform/clock.ts'
import { expiresAfter, keptDays } from '../platform/dynamodb/expiry.ts'
import { list, map, millis, nullable, number, or, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../platform/dynamodb/tables.ts'
import type { NotedAccount } from '../platform/governor/noted-accounts.ts'
import type { OpenCircuit } from '../platform/runtime/breaker-state.ts'

/** A system that does not answer, and the stage whose records wait for it. */
export interface StageCircuit extends OpenCircuit {
  readonly stage: string
}

/** What a process knows of the systems that it calls. */
export interface CalledSystems {
  readonly circuits: readonly StageCircuit[]
  readonly accounts: readonly NotedAccount[]
}

/** A process that runs roles. Times are milliseconds. */
export interface RunningProcess extends CalledSystems {
  /** Created when it starts; names no machine. */
  readonly id: string
  readonly roles: readonly string[]
  readonly version: string
  /** Of Node. */
  readonly node: string
  readonly started_at: number
  /** Time of its last heartbeat. */
  readonly beat_at: number
}

interface ProcessRow extends RunningProcess {
  readonly book: string
}

const PROCESSES = 'processes'
const BOOK = 'all'
const BEAT_MS = 60_000
/** How often to check whether the state of the systems has changed; a change is written then. */
const LOOK_MS = 2_000
/** Two heartbeats may be missed: a table that is slow for a moment does not make a process silent. */
export const SILENT_AFTER_MS = 3 * BEAT_MS
const DAY_MS = 86_400_000
/** Limits a row: it has 400 kB at most, and a network outage affects every system. */
const MOST_CIRCUITS = 200
const MOST_ACCOUNTS = 500
const LONGEST_MESSAGE = 300

export const processTables: readonly TableDefinition[] = [
  { name: PROCESSES, partitionKey: 'book', sortKey: 'id', expires: 'expires' },
]

export const processRows = rowType<ProcessRow>(
  PROCESSES,
  ['id'],
  {
    book: text,
    id: text,
    roles: list(text),
    version: text,
    node: text,
    started_at: millis,
    beat_at: millis,
    circuits: or(
      list(
        map<StageCircuit>({ stage: text, system: text, since: millis, code: text, message: text, next_try: millis }),
      ),
      [],
    ),
    accounts: or(
      list(
        map<NotedAccount>({
          system: text,
          account: text,
          part: nullable(text),
          concurrency: number,
          per_minute: nullable(number),
        }),
      ),
      [],
    ),
  },
  ({ beat_at }) => (beat_at === undefined ? undefined : expiresAfter(beat_at, keptDays.processes)),
)

/**
 * Processes with a heartbeat within a day, in the order in which they started. Does not include those that ended in
 * order.
 */
export async function listProcesses(tables: Tables, now: number): Promise<readonly RunningProcess[]> {
  const rows = await rowsOf(tables, processRows).query({ partition: BOOK })
  return rows
    .filter(({ beat_at }) => beat_at > now - keptDays.processes * DAY_MS)
    .map(({ book: _book, ...process }) => process)
    .toSorted((one, other) => one.started_at - other.started_at)
}

/** Writes and deletes the rows of processes. */
export function runningProcesses(tables: Tables) {
  const rows = rowsOf(tables, processRows)
  return {
    put: async (process: RunningProcess) => void (await rows.put({ ...process, book: BOOK })),
    delete: async (id: string) => void (await rows.delete({ book: BOOK, id })),
  }
}

export interface Heartbeat {
  /** The process has ended in order. */
  close(): Promise<void>
}

/**
 * Registers a process and renews its row once a minute, and whenever the state of its systems changes. A failure here
 * stops nothing else.
 */
export async function startHeartbeat(
  { tables, clock, logger }: { readonly tables: Tables; readonly clock: Clock; readonly logger: Pick<Logger, 'warn'> },
  process: Pick<RunningProcess, 'roles' | 'version' | 'node'>,
  called: () => CalledSystems,
): Promise<Heartbeat> {
  const rows = runningProcesses(tables)
  const ending = new AbortController()
  const started = clock.now()
  const own = { ...process, id: randomBytes(6).toString('hex'), started_at: started }
  let written = ''
  let beatAt = started
  const beat = async (known: CalledSystems) => {
    beatAt = clock.now()
    // Also if the write fails: it is retried with the next heartbeat.
    written = JSON.stringify(known)
    try {
      await rows.put({ ...own, beat_at: beatAt, ...known })
    } catch (error) {
      logger.warn({ err: toStreamError(error) }, 'could not write the heartbeat of this process')
    }
  }
  const beating = async () => {
    while (!ending.signal.aborted) {
      await clock.sleep(LOOK_MS, ending.signal).catch(() => undefined)
      const known = bounded(called())
      const isDue = clock.now() - beatAt >= BEAT_MS || JSON.stringify(known) !== written
      if (!ending.signal.aborted && isDue) await beat(known)
    }
  }
  await beat(bounded(called()))
  const done = beating()
  return {
    async close() {
      ending.abort()
      await done
      // If the table is unavailable by now, the row expires by itself.
      await rows.delete(own.id).catch(() => undefined)
    },
  }
}

/** Limits the content to what a row may hold: systems that have been down longest come first. */
function bounded({ circuits, accounts }: CalledSystems): CalledSystems {
  const oldest = circuits.toSorted((one, other) => one.since - other.since).slice(0, MOST_CIRCUITS)
  return {
    circuits: oldest.map((one) => ({ ...one, message: one.message.slice(0, LONGEST_MESSAGE) })),
    accounts: accounts.slice(0, MOST_ACCOUNTS),
  }
}
