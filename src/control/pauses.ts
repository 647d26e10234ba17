import type { Clock } from '../platform/clock.ts'
import { type AttributeOf, millis, rowsOf, rowType, text } from '../platform/dynamodb/rows.ts'
import type { Condition, TableDefinition, Tables } from '../platform/dynamodb/tables.ts'

const PAUSES = 'pauses'

/** Connections held at a stage, and held reads (partition `stage`, sort `connection`): the row is the pause. */
export const pauseTables: readonly TableDefinition[] = [{ name: PAUSES, partitionKey: 'stage', sortKey: 'connection' }]

/** A connection whose records a stage parks because most of its last ones failed; raises an alert. */
export interface Pause {
  readonly stage: string
  readonly connection: string
  /** Code and message of the failure that caused it. */
  readonly code: string
  readonly message: string
  /** ISO 8601. */
  readonly since: string
  /** Milliseconds UTC: when the next record is attempted, to check whether the pause is over. */
  readonly probe_at: number
}

export const pauseRows = rowType<Pause>(PAUSES, ['stage', 'connection'], {
  stage: text,
  connection: text,
  code: text,
  message: text,
  since: text,
  probe_at: millis,
})

/** False: the connection is already paused at this stage. */
export async function pause(tables: Tables, row: Pause): Promise<boolean> {
  return await rowsOf(tables, pauseRows).put(row, { mine: { absent: 'connection' } })
}

/** Ends a pause: parked records are released within seconds. False: there was none. */
export async function resume(tables: Tables, stage: string, connection: string): Promise<boolean> {
  return await rowsOf(tables, pauseRows).delete({ stage, connection }, { mine: { present: 'connection' } })
}

/**
 * Like `resume`, but only for the given pause: it may have been replaced meanwhile. It stays the same pause however
 * often a record was attempted.
 */
export async function endPause(tables: Tables, { stage, connection, since }: Pause): Promise<boolean> {
  const seen: Condition<AttributeOf<Pause>> = { attribute: 'since', is: '=', value: since }
  return await rowsOf(tables, pauseRows).delete({ stage, connection }, seen)
}

/** The pauses of one stage, or of all. */
export async function listPauses(tables: Tables, stage?: string): Promise<readonly Pause[]> {
  const rows = rowsOf(tables, pauseRows)
  return stage === undefined ? (await Array.fromAsync(rows.scan())).flat() : await rows.query({ partition: stage })
}

/** Claims the attempt of one record of a paused connection; false: another worker has it, or the pause is over. */
export async function claimProbe(
  tables: Tables,
  { stage, connection, probe_at }: Pause,
  next: number,
): Promise<boolean> {
  const change = { set: { probe_at: next } }
  const asSeen: Condition<AttributeOf<Pause>> = { attribute: 'probe_at', is: '=', value: probe_at }
  return await rowsOf(tables, pauseRows).update({ stage, connection }, change, { mine: asSeen })
}

/** The pauses of a stage, by connection, as this process sees them: read again when older than `everyMs`. */
export interface PauseWatch {
  all(): Promise<ReadonlyMap<string, Pause>>
  /** Makes the next call read them again. */
  forget(): void
}

export function watchPauses(tables: Tables, stage: string, clock: Pick<Clock, 'now'>, everyMs: number): PauseWatch {
  const read = async () => new Map((await listPauses(tables, stage)).map((row) => [row.connection, row]))
  const { get, forget } = keep(read, clock, everyMs)
  return { all: get, forget }
}

/** A cached value, until it is older than `everyMs`; a failed read is not cached. */
export interface Kept<T> {
  get(): Promise<T>
  /** Makes the next call read again. */
  forget(): void
}

/** The pauses of all stages. */
export function keepPauses(tables: Tables, clock: Pick<Clock, 'now'>, everyMs: number): Kept<readonly Pause[]> {
  return keep(() => listPauses(tables), clock, everyMs)
}

function keep<T>(read: () => Promise<T>, clock: Pick<Clock, 'now'>, everyMs: number): Kept<T> {
  let known: { readonly at: number; readonly value: Promise<T> } | undefined
  return {
    async get() {
      const now = clock.now()
      if (known === undefined || now - known.at >= everyMs) known = { at: now, value: read() }
      const asked = known
      try {
        return await asked.value
      } catch (error) {
        if (known === asked) known = undefined
        throw error
      }
    },
    forget() {
      known = undefined
    },
  }
}
