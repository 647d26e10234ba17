import { withoutEnd } from './without-end.ts'

/** JSON.parse's reviver and JSON.rawJSON of ECMAScript 2026. */
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown
  rawJSON(text: string): unknown
}

const exactJson = JSON as unknown as ExactJson

const NUMBER = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A decimal number that `stringifyExact` writes as a bare JSON number, digit for digit. */
export class ExactNumber {
  readonly text: string

  /** Throws a TypeError when the text is not a JSON number. */
  constructor(text: string) {
    if (!JSON_NUMBER.test(text)) throw new TypeError(`"${text}" is not a JSON number`)
    this.text = text
  }
}

/** `exactNumber('19.99')` becomes `19.99` in the JSON text, without going through a double. */
export function exactNumber(text: string): ExactNumber {
  return new ExactNumber(text)
}

/**
 * Like JSON.parse, but returns a number as text when a double could not be written back as the same number: `0.1` is
 * 0.1, `12345678901234567890` is "12345678901234567890". Throws a SyntaxError for text that is not JSON.
 */
export function parseExact(text: string): unknown {
  return exactJson.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined) return value
    return sameNumber(String(value), source) ? value : source
  })
}

/** Like JSON.parse, but returns every number as text. Throws a SyntaxError for text that is not JSON. */
export function parseTexts(text: string): unknown {
  return exactJson.parse(text, (_key, value, { source }) => (typeof value === 'number' ? source : value))
}

/** Like JSON.stringify; writes an ExactNumber as its text. Throws a TypeError for a bigint, whose scale is unknown. */
export function stringifyExact(value: unknown): string {
  return JSON.stringify(value, (key, field: unknown) => {
    if (field instanceof ExactNumber) return exactJson.rawJSON(field.text)
    if (typeof field === 'bigint') throw new TypeError(`${key}: a bigint has no scale; write it as text or exactNumber`)
    return field
  })
}

function sameNumber(shortest: string, source: string): boolean {
  return shortest === source || (shortest.startsWith('-') === isNegative(source) && normal(shortest) === normal(source))
}

/** Zero has no sign: -0 is 0. */
function isNegative(source: string): boolean {
  return source.startsWith('-') && normal(source) !== ''
}

/** Digits without leading and trailing zeros, and their exponent: equal for equal magnitudes. */
function normal(text: string): string {
  const match = NUMBER.exec(text)
  if (match === null) return text
  const [, whole = '', fraction = '', exponent = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = withoutEnd(digits, '0')
  if (significant === '') return ''
  return `${significant}e${Number(exponent) - fraction.length + (digits.length - significant.length)}`
}
