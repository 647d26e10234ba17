import { channel } from 'node:diagnostics_channel'
import type { Logger } from 'pino'
import { StreamError, toStreamError } from '../../errors.ts'
import type { Item } from './tables.ts'

/*
 * A row that is not what its table holds (written by hand, restored in part, of a newer version) must not hide the others
 * of a list: it is left out and announced here. Whoever opens the tables logs what is announced.
 */
const announced = channel('waldstream.unreadable-row')

/** Different rows that are remembered as logged: each is logged once. */
const MOST_LOGGED = 1_000

/** `key`: attributes that name the row; `why`: what is wrong with it, without a value of it. */
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

/** The rows that can be read, in their order. */
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

/** Logs each row that is left out somewhere in this process, once. Returns what ends it. */
export function logUnreadableRows(logger: Logger): () => void {
  const logged = new Set<string>()
  const log = (message: unknown) => {
    const { code, message: text, field, details } = message as StreamError
    if (logged.has(text) || logged.size >= MOST_LOGGED) return
    logged.add(text)
    logger.error({ code, field, table: details['table'] }, `a row is left out of every list: ${text}`)
  }
  announced.subscribe(log)
  return () => void announced.unsubscribe(log)
}
