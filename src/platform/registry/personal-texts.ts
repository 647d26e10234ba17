import { StreamError } from '../../errors.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import { parsedSchema } from './kind-schema.ts'
import { holdsPersonal, MASK, withPersonal } from './personal-fields.ts'

/**
 * The error with the event's personal values masked: a system that refuses an order quotes what it was sent. Finds
 * values in upper or lower case, without accents, escaped for JSON, URLs, HTML and OData, and truncated; telephone
 * numbers also by their digits. Code and policy stay; the field stays unless it is such a value.
 */
export function withoutPersonal<K extends TopicKind>(kind: K, event: TopicEvents[K], error: StreamError): StreamError {
  return holdsPersonal(kind) ? maskError(error, maskOf(textsOf(kind, event))) : error
}

/** The same for an entity that could not be turned into an event: `raw` is the source's original. */
export function withoutPersonalOf(kind: TopicKind, raw: string, error: StreamError): StreamError {
  return holdsPersonal(kind) ? maskError(error, maskOf(new Set(namedTexts(jsonOf(raw) ?? raw)))) : error
}

/** Replaces certain personal values in a text with `MASK`. */
export type Mask = (text: string) => string

/**
 * For any text about the event, including what is made from it for its target: all values that a connection maps
 * (`fields`) count as personal, whatever their names.
 */
export function maskOfEvent<K extends TopicKind>(kind: K, event: TopicEvents[K]): Mask {
  if (!holdsPersonal(kind)) return (text) => text
  return maskOf(textsOf(kind, event, 'fields' in event ? Object.values(event.fields).flatMap(textsOfJson) : []))
}

/** Shorter values would match in too many texts. */
const SHORTEST = 2
/** Shorter numbers are as likely amounts or ids of other things. */
const SHORTEST_DIGITS = 5
/** The start of a longer value is enough to match: systems truncate values. */
const BEGINNING = 12

const WORD = /[\p{L}\p{N}]/u

function maskOf(values: ReadonlySet<string>): Mask {
  const worth = [...values].flatMap((value) => value.normalize('NFC').split(/[\r\n]+/)).map((value) => value.trim())
  const all = worth.filter(isWorth).flatMap(formsOf)
  const lowered = [...new Set(all.map((form) => form.toLowerCase()))].filter(isWorth)
  const forms = lowered.map((form): Form => ({ form, beginning: form.slice(0, BEGINNING) }))
  const byStart = Map.groupBy(forms, ({ form }) => startAt(form, 0))
  return (text) => {
    const plain = text.normalize('NFC')
    const lower = plain.toLowerCase()
    const places = placesOf(lower, byStart).toSorted((a, b) => a.from - b.from || b.to - a.to)
    let [masked, at] = ['', 0]
    for (const { from, to } of places) {
      if (from >= at) masked += plain.slice(at, from) + MASK
      at = Math.max(at, to)
    }
    return masked + plain.slice(at)
  }
}

/** Least digits of a telephone number. */
const PHONE_DIGITS = 7

/** The forms in which a text may contain a value. */
function formsOf(value: string): readonly string[] {
  const plain = [value, value.normalize('NFD').replace(/\p{M}/gu, '')]
  const phone = /^[\d\s()+./-]+$/.test(value) ? value.replace(/\D/g, '') : ''
  const escaped = plain.flatMap((one) => {
    const json = JSON.stringify(one).slice(1, -1)
    const url = encodeURIComponent(one.toWellFormed())
    const html = one.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
    const apostrophes = ["''", '&#39;', '&#039;', '&apos;'].map((sign) =>
      (sign === "''" ? one : html).replaceAll("'", sign),
    )
    return [one, json, asciiOf(json), url, url.replaceAll('%20', '+'), html, ...apostrophes]
  })
  return phone.length >= PHONE_DIGITS ? [...escaped, phone] : escaped
}

/** JSON in PHP's default form. */
function asciiOf(json: string): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return json.replaceAll('/', '\\/').replace(/[\u0080-\uffff]/g, escaped)
}

interface TextPlace {
  readonly from: number
  readonly to: number
}

interface Form {
  readonly form: string
  readonly beginning: string
}

/** Two characters as one number: only forms that start with the same two characters are compared. */
function startAt(text: string, at: number): number {
  return text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1)
}

/** Finds values that are separate words; of long values also a truncated start. */
function placesOf(text: string, byStart: ReadonlyMap<number, readonly Form[]>): readonly TextPlace[] {
  const found: TextPlace[] = []
  // Does not search a match again for the same form: the match may be as long as the text.
  const next = new Map<Form, number>()
  for (let from = 0; from < text.length - 1; from += 1) {
    const forms = byStart.get(startAt(text, from))
    if (forms === undefined || !beginsWord(text, from)) continue
    for (const form of forms) {
      const to = from < (next.get(form) ?? 0) ? null : endOf(text, from, form)
      if (to === null) continue
      found.push({ from, to })
      next.set(form, to)
    }
  }
  return found
}

/** End of the match at `from`; null: the value is not there. */
function endOf(text: string, from: number, { form, beginning }: Form): number | null {
  if (!text.startsWith(beginning, from)) return null
  let length = beginning.length
  while (length < form.length && text[from + length] === form[length]) length += 1
  return form.length > BEGINNING || !isWord(text[from + length]) ? from + length : null
}

function beginsWord(text: string, at: number): boolean {
  return !isWord(text[at - 1]) || ESCAPED.test(text.slice(Math.max(0, at - LONGEST_ESCAPE), at))
}

/** Escapes that end in a letter but are not part of the following word: a line break in JSON, a blank in a URL. */
const ESCAPED = /(?:\\[bfnrt]|\\u[\da-f]{4}|%[\da-f]{2})$/
const LONGEST_ESCAPE = 6

function isWord(letter: string | undefined): boolean {
  return letter !== undefined && WORD.test(letter)
}

function isWorth(value: string): boolean {
  return value.length >= (/^[\d\s.,+-]*$/.test(value) ? SHORTEST_DIGITS : SHORTEST)
}

/** Texts of the personal fields, except those that also occur in other fields (a SKU, a status). */
function textsOf<K extends TopicKind>(
  kind: K,
  event: TopicEvents[K],
  mapped: readonly string[] = [],
): ReadonlySet<string> {
  const { schema, named } = parsedSchema(kind)
  const personal = new Set(mapped)
  const rest = withPersonal(schema, event, named, (value) => {
    for (const text of personalTexts(value)) personal.add(text)
    return null
  })
  return personal.difference(new Set(leavesOf(rest)))
}

/** A source's JSON text is only partly personal: takes the values under names of personal data. */
function personalTexts(value: unknown, name = ''): readonly string[] {
  if (typeof value === 'string') {
    const json = jsonOf(value)
    if (name !== '') return namedTexts({ [name]: json ?? value })
    return typeof json === 'object' && json !== null ? namedTexts(json) : [value]
  }
  if (Array.isArray(value)) return value.flatMap((one) => personalTexts(one))
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.entries(value).flatMap(([key, one]) => personalTexts(one, key))
}

const PERSONAL_NAME =
  /name|mail|phone|tele|mobile|fax|street|city|town|post|zip|addr|company|customer|contact|person|recipient|buyer|note|comment|message|remark|gift|(^|_)ip($|_)|forwarded|birth|dob|gender|vat|tax_?id|tax_?vat|attention|memo|prefix|suffix/i

/** Texts below a name of personal data, at any depth. */
function namedTexts(json: unknown): readonly string[] {
  if (typeof json !== 'object' || json === null) return typeof json === 'string' ? [json] : []
  return Object.entries(json).flatMap(([name, value]) => {
    if (!Array.isArray(json) && PERSONAL_NAME.test(name)) return leavesOf(value)
    return typeof value === 'object' ? namedTexts(value) : []
  })
}

function textsOfJson(text: string): readonly string[] {
  return leavesOf(jsonOf(text) ?? text)
}

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
    ? Object.values(value).flatMap(leavesOf)
    : []
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function maskError(error: StreamError, mask: Mask): StreamError {
  const { code, message, field, details, retryAfterMs, mistakes, cause } = error
  const own = new StreamError(code, mask(message), {
    details: Object.fromEntries(Object.entries(details).map(([name, of]) => [name, maskText(of, mask)])),
    mistakes: mistakes.map((mistake) => ({ field: mask(mistake.field), message: mask(mistake.message) })),
    ...(cause === undefined ? {} : { cause: maskCause(cause, mask) }),
    ...(field === undefined ? {} : { field: mask(field) }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
  own.stack = mask(error.stack ?? '')
  return own
}

function maskCause(cause: unknown, mask: Mask): unknown {
  if (cause instanceof StreamError) return maskError(cause, mask)
  if (!(cause instanceof Error)) return undefined
  const own = new Error(mask(cause.message))
  own.name = cause.name
  own.stack = mask(cause.stack ?? '')
  return own
}

function maskText<T>(value: T, mask: Mask): T | string {
  return typeof value === 'string' ? mask(value) : value
}
