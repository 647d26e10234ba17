/** What people and programs write between two numbers. */
const BETWEEN = /[,;|\r\n\t]|<br\s*\/?>|\s+(?:\/|&|\+|and)\s+/i

/** A number as carriers give them, in one piece. */
const WHOLE_NUMBER = /^(?=(?:.*\d){6})[\w-]{10,}$/

/**
 * The tracking numbers of a field that has room for one: an ERP keeps those of several parcels in it, with a mark between them
 * or a space. A number that is written in groups stays one.
 */
export function trackingNumbers(text: string | null): readonly string[] {
  const parts = (text ?? '').split(BETWEEN).map((part) => part.trim())
  const numbers = parts.flatMap((part) => {
    const words = part.split(/\s+/)
    return words.every((word) => WHOLE_NUMBER.test(word)) ? words : [part]
  })
  return [...new Set(numbers.filter((number) => number !== ''))]
}
