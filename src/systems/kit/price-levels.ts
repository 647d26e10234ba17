import { toStreamError } from '../../errors.ts'
import type { PriceLevel } from '../../events/generated/events.ts'
import { UNREAD_LEVELS } from '../../events/product-notes.ts'
import { stringifyExact } from '../../platform/json.ts'

/** What a row of prices is of, and how it is read. */
export interface LevelReading<Row> {
  /** The level's name; null: it has none. */
  nameOf(row: Row): string | null
  /** Throws what is wrong with the row. */
  read(row: Row): readonly PriceLevel[]
  /** The level whose price is the product's own; null: none is. */
  readonly base: string | null
}

/** A product's price levels, and what is to be noted of them. */
export interface ReadLevels {
  readonly levels: readonly PriceLevel[]
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * Price levels, each read by itself: a level that can't be read is left out whole and noted, and fails the rules that use it
 * and no others (Guarantee 5). Throws what is wrong with the base level.
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
