import { toStreamError } from '../../errors.ts'
import type { PriceLevel } from '../../events/generated/events.ts'
import { UNREAD_LEVELS } from '../../events/product-notes.ts'
import { stringifyExact } from '../../platform/json.ts'

/** How a price row is named and read. */
export interface LevelReading<Row> {
  /** The level's name; null if it has none. */
  nameOf(row: Row): string | null
  /** Throws if the row is invalid. */
  read(row: Row): readonly PriceLevel[]
  /** The level that holds the product's own price; null if none does. */
  readonly base: string | null
}

/** A product's price levels, and notes on levels that could not be read. */
export interface ReadLevels {
  readonly levels: readonly PriceLevel[]
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Reads price levels one by one: a level that can't be read is left out completely and noted, and only rules that use
 * it fail (Guarantee 5). Throws if the base level is invalid.
 */
export function readLevels<Row>(rows: readonly Row[], { nameOf, read, base }: LevelReading<Row>): ReadLevels {
  const levels: PriceLevel[] = []
  const unread = new Map<string, string>()
  for (const [index, row] of rows.entries()) {
    const name = nameOf(row) ?? `row ${index + 1}`
    try {
      levels.push(...read(row))
    } catch (thrown) {
      const error = toStreamError(thrown)
      if (name === base || error.policy !== 'dead-letter') throw error
      unread.set(name, error.message)
    }
  }
  if (unread.size === 0) return { levels, attributes: {} }
  return {
    levels: levels.filter(({ level }) => !unread.has(level)),
    attributes: { [UNREAD_LEVELS]: stringifyExact(Object.fromEntries(unread)) },
  }
}
