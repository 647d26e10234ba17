const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Where a line may end: after a space, a comma, a semicolon, a slash or a hyphen. */
const BREAKS = /[\s,;/-]/u

/** Separates two parts that share a line. */
const BETWEEN = ', '

/**
 * Text for a one-line field: line breaks and other control characters become spaces, a lone surrogate becomes the
 * replacement character, and the text is trimmed. Null if the result is empty.
 */
export function lineText(text: string | null): string | null {
  const clean = (text ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return clean === '' ? null : clean
}

/**
 * The whole characters (grapheme clusters) that fit. `limit` counts UTF-16 units, as SAP does; counted in code points
 * the text is never longer.
 */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  let end = 0
  for (const { index, segment } of characters.segment(text)) {
    if (index + segment.length > limit) break
    end = index + segment.length
  }
  return text.slice(0, end).trimEnd()
}

export interface FlownLines {
  /** One line per limit; unused ones are empty and come last. */
  readonly lines: readonly string[]
  /** The text that did not fit. */
  readonly rest: string
}

/**
 * Distributes the parts of an address over as many lines as there are limits. Each part gets its own line if all parts
 * fit that way; a long part continues on the next line, broken after a word if nothing is lost by it. Only `rest` is
 * left out.
 */
export function flowLines(parts: readonly string[], limits: readonly number[]): FlownLines {
  const apart = fill(parts, limits, true)
  if (apart.rest === '') return apart
  const together = [parts.join(BETWEEN)]
  const atWords = fill(together, limits, true)
  return atWords.rest === '' ? atWords : fill(together, limits, false)
}

function fill(parts: readonly string[], limits: readonly number[], atWords: boolean): FlownLines {
  const left = [...parts]
  const lines = limits.map((limit, index) => {
    const isLast = index === limits.length - 1
    const text = isLast ? left.splice(0).join(BETWEEN) : (left.shift() ?? '')
    const line = text.length <= limit ? text : head(text, limit, atWords && !isLast)
    const more = text.slice(line.length).trim()
    if (more !== '') left.unshift(more)
    return line.trim()
  })
  return { lines, rest: left.join(BETWEEN) }
}

/**
 * The beginning of a text that is too long for a line: up to the last word end in its second half, else as many
 * characters as fit.
 */
function head(text: string, limit: number, atWords: boolean): string {
  const most = cutText(text, limit)
  if (!atWords || BREAKS.test(text.charAt(most.length))) return most
  for (let end = most.length; end > most.length / 2; end -= 1) {
    if (BREAKS.test(most.charAt(end - 1))) return most.slice(0, end)
  }
  return most
}

const EXTENSION = /^(.*?\d.*?)[\s,;(]*(?:extension|ext\.?|x|#|durchwahl|dw\.?|poste)[\s.:)]*(\d+)\)?$/iu

/** Finds two phone numbers in one field. */
const TWO_NUMBERS = /^(.*?(?:\d\D*){6})(?:[,;|]|\s\/\s|\s(?:or|oder|ou)\s)(?=(?:\D*\d){6})/iu

/**
 * Two numbers with extensions are shorter than this. The limit bounds the regular expressions, which take cubic time.
 */
const LONGEST_PHONE = 200

/**
 * Fits a phone number with all its digits, without the spaces and marks between them if needed; an extension follows an
 * `x`. Only if that is still too long, the end is left out: the second of two numbers first, then the extension.
 */
export function phoneText(phone: string, limit: number): string {
  if (phone.length <= limit) return phone
  if (phone.length > LONGEST_PHONE) return phoneText(phone.slice(0, LONGEST_PHONE), limit)
  const first = TWO_NUMBERS.exec(phone)?.[1]?.trim()
  if (first !== undefined) return phoneText(first, limit)
  const [, number = phone, extension = ''] = EXTENSION.exec(phone) ?? []
  const dense = (/^\s*\+/.test(number) ? '+' : '') + number.replace(/\D/g, '')
  const whole = extension === '' ? dense : `${dense}x${extension}`
  return whole.length <= limit ? whole : dense.slice(0, limit)
}
