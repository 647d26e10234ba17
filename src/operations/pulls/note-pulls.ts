import type { Logger } from 'pino'
import type { Clock } from '../../platform/clock.ts'
import { rowsOf } from '../../platform/dynamodb/rows.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { type Pull, pullAfter, pullId, pullRows } from './pull-row.ts'

/** Notes who has pulled what, at a cost that does not grow with how often they pull. */
export interface PullNotes {
  /** Costs the caller nothing. What was noted last is lost with the process. */
  note(pull: Pull): void
  /** Writes what is not written yet. */
  close(): Promise<void>
}

export interface PullNotesDeps {
  readonly tables: Tables
  readonly clock: Pick<Clock, 'sleep'>
  readonly logger: Pick<Logger, 'warn'>
}

/** A reader of a feed costs one read and one write in this time, however often it pulls. */
export const NOTED_EVERY_MS = 10_000
/** Answers to one reader that are folded into one row. */
const MOST_WAITING = 100
/** Readers that are noted at once. */
const MOST_READERS = 10_000

/** The first answer is written at once, and what came after it once in `NOTED_EVERY_MS`, for as long as something comes. */
export function createPullNotes({ tables, clock, logger }: PullNotesDeps): PullNotes {
  const waiting = new Map<string, Pull[]>()
  const ended = new AbortController()
  let writing: Promise<void> | undefined
  const writeAll = async () => {
    const taken = [...waiting.values()]
    waiting.clear()
    for (const pulls of taken) {
      await writePulls(tables, pulls).catch((error: unknown) => {
        logger.warn({ err: error }, 'who pulled a feed could not be noted; the next answer is noted again')
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

/** Another process may have answered the same reader meanwhile: what it wrote counts where it is newer. */
async function writePulls(tables: Tables, pulls: readonly Pull[]): Promise<void> {
  const [first] = pulls
  if (first === undefined) return
  const rows = rowsOf(tables, pullRows)
  const known = await rows.get({ connection: first.filter.connection, id: pullId(first) })
  const row = pulls.reduce<Parameters<typeof pullAfter>[0]>(pullAfter, known)
  if (row === undefined) return
  await rows.put(row, { anyOf: [{ absent: 'id' }, { attribute: 'at', is: '<=', value: row.at }] })
}
