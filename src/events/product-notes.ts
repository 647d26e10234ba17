/** Attribute of a product: original values of numbers that were rounded to the stored decimals, by name. */
export const ROUNDED = 'waldstream_rounded'

/** Attribute of a product: reasons why price levels could not be read, by name. */
export const UNREAD_LEVELS = 'waldstream_unread_price_levels'
