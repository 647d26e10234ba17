/** Attribute of a product: its numbers that were rounded to the decimals that are kept, by name, as the source gave them. */
export const ROUNDED = 'waldstream_rounded'

/** Attribute of a product: price levels that could not be read, by name, and why. */
export const UNREAD_LEVELS = 'waldstream_unread_price_levels'
