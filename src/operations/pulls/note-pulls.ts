import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { type Pull, pullAfter, pullId, pullRows } from './pull-row.ts'

/** Records pulls, at a cost that does not grow with their frequency. */
export interface PullNotes {
  /** Does not block the caller. The last pulls are lost if the process crashes. */
  note(pull: Pull): void
  /** Writes all pending pulls. */
  close(): Promise<void>
}

export interface PullNotesDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'sleep'>
  readonly logger: Pick<Logger, 'warn'>
}

/** Each reader of a feed costs one read and one write in this interval, however often it pulls. */
export const NOTED_EVERY_MS = 10_000
/** Maximum number of pulls of a reader that are folded into one row. */
const MOST_WAITING = 100
/** Maximum number of readers with pending pulls. */
const MOST_READERS = 10_000

/** Writes the first pull at once, and later ones every `NOTED_EVERY_MS` as long as there are any. */
export function createPullNotes({ tables, clock, logger }: PullNotesDeps): PullNotes {
  const waiting = new Map<string, Pull[]>()
  const ended = new AbortController()
  let writing: Promise<void> | undefined
  const writeAll = async () => {
    const taken = [...waiting.values()]
    waiting.clear()
    for (const pulls of taken) {
      await writePulls(tables, pulls).catch((error: unknown) => {
        logger.warn({ err: error }, 'could not record who pulled a feed; the next pull is recorded again')
      })
    }
  }
  const writeOn = async () => {
    while (waiting.size > 0 && !ended.signal.aborted) {
      await writeAll()
      await clock.sleep(NOTED_EVERY_MS, ended.signal).catch(() => undefined)
    }
    writing = undefined
  }
  return {
    note(pull) {
      const id = JSON.stringify([pull.filter.connection, pullId(pull)])
      const pulls = waiting.get(id) ?? []
      if (pulls.length === 0 && waiting.size >= MOST_READERS) return
      waiting.set(id, [...pulls.slice(1 - MOST_WAITING), pull])
      writing ??= writeOn()
    },
    async close() {
      ended.abort()
      await writing
      await writeAll()
    },
  }
}

/** Does not overwrite a newer row: another process may have served the same reader meanwhile. */
async function writePulls(tables: Tables, pulls: readonly Pull[]): Promise<void> {
  const [first] = pulls
  if (first === undefined) return
  const rows = rowsOf(tables, pullRows)
  const known = await rows.get({ connection: first.filter.connection, id: pullId(first) })
  const row = pulls.reduce<Parameters<typeof pullAfter>[0]>(pullAfter, known)
  if (row === undefined) return
  await rows.put(row, { anyOf: [{ absent: 'id' }, { attribute: 'at', is: '<=', value: row.at }] })
}
