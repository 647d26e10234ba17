const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** Where a line may end: after a space, a comma, a semicolon, a slash or a hyphen. */
const BREAKS = /[\s,;/-]/u

/** What stands between two parts that share a line. */
const BETWEEN = ', '

/**
 * Text as fields of one line take it: line ends and other control characters are spaces, half a surrogate pair is the
 * replacement character, and there is nothing around it. Null where nothing is left.
 */
export function lineText(text: string | null): string | null {
  const clean = (text ?? '')
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  return clean === '' ? null : clean
}

/**
 * The whole characters (as people count them: grapheme clusters) of which there is room. `limit` counts UTF-16 units, as SAP
 * does; who counts code points counts no more.
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
  /** As many as there are limits; empty ones at the end. */
  readonly lines: readonly string[]
  /** What there was no room for. */
  readonly rest: string
}

/**
 * Parts of an address in as many lines as there are limits. Each has a line of its own where that does; a long one goes on
 * in the next line, after a word where that loses nothing. Nothing is left out but `rest`.
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

/** The beginning of a text that is too long for a line: up to a word's end in its second half, else as much as there is room for. */
function head(text: string, limit: number, atWords: boolean): string {
  const most = cutText(text, limit)
  if (!atWords || BREAKS.test(text.charAt(most.length))) return most
  for (let end = most.length; end > most.length / 2; end -= 1) {
    if (BREAKS.test(most.charAt(end - 1))) return most.slice(0, end)
  }
  return most
}

const EXTENSION = /^(.*?\d.*?)[\s,;(]*(?:extension|ext\.?|x|#|durchwahl|dw\.?|poste)[\s.:)]*(\d+)\)?$/iu

/** Between two numbers that somebody wrote into one field. */
const TWO_NUMBERS = /^(.*?(?:\d\D*){6})(?:[,;|]|\s\/\s|\s(?:or|oder|ou)\s)(?=(?:\D*\d){6})/iu

/** Two numbers with their extensions are shorter; what is found in a text takes the cube of its length. */
const LONGEST_PHONE = 200

/**
 * A telephone number with all of its digits, without the spaces and marks between them where there is no room for these; an
 * extension is behind an `x`. Only where that does not do, the end is left out: of two numbers the second, then the extension.
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
