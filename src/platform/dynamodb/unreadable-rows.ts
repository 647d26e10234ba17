import { channel } from 'node:diagnostics_channel'
import type { Logger } from 'pino'
import { StreamError, toStreamError } from '../../errors.ts'
import type { Item } from './tables.ts'

/*
 * A row of an unexpected form (written by hand, restored in part, of a newer version) must not hide the other rows of a
 * list: it is left out and announced here. The process that opens the tables logs the announcements.
 */
const announced = channel('waldstream.unreadable-row')

/** Most different rows to log; each is logged once. */
const MOST_LOGGED = 1_000

/** `key`: attributes that name the row; `why`: what is wrong with it, without its values. */
export function unreadableRowError(
  table: string,
  key: readonly string[],
  item: Item,
  why: string,
  field?: string,
): StreamError {
  const row = key.map((name) => `${name} "${item[name]}"`).join(', ')
  const message = `table ${table}: the row with ${row} ${why}; "waldstream doctor" names the command that removes it`
  return new StreamError('row_unreadable', message, { ...(field === undefined ? {} : { field }), details: { table } })
}

/** The readable rows, in order. */
export function readableItems<R>(items: readonly Item[], decode: (item: Item) => R): readonly R[] {
  return items.flatMap((item) => {
    try {
      return [decode(item)]
    } catch (thrown) {
      const error = toStreamError(thrown)
      if (error.code !== 'row_unreadable') throw error
      announced.publish(error)
      return []
    }
  })
}

/** Logs each row that this process leaves out, once. Returns a function that stops it. */
export function logUnreadableRows(logger: Logger): () => void {
  const logged = new Set<string>()
  const log = (message: unknown) => {
    const { code, message: text, field, details } = message as StreamError
    if (logged.has(text) || logged.size >= MOST_LOGGED) return
    logged.add(text)
    logger.error({ code, field, table: details['table'] }, `an unreadable row is left out of all lists: ${text}`)
  }
  announced.subscribe(log)
  return () => void announced.unsubscribe(log)
}
