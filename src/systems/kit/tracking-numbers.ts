/** Separators that people and programs use between two numbers. */
const BETWEEN = /[,;|\r\n\t]|<br\s*\/?>|\s+(?:\/|&|\+|and)\s+/i

/** A carrier's tracking number without spaces. */
const WHOLE_NUMBER = /^(?=(?:.*\d){6})[\w-]{10,}$/

/**
 * The tracking numbers of a single field: an ERP joins those of several parcels with a separator or a space. A number
 * written in groups stays one number.
 */
export function trackingNumbers(text: string | null): readonly string[] {
  const parts = (text ?? '').split(BETWEEN).map((part) => part.trim())
  const numbers = parts.flatMap((part) => {
    const words = part.split(/\s+/)
    return words.every((word) => WHOLE_NUMBER.test(word)) ? words : [part]
  })
  return [...new Set(numbers.filter((number) => number !== ''))]
}
