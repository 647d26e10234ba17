import { cutText, flowLines, lineText, phoneText } from './fit-text.ts'
import type { Delivered } from './sink.ts'
import type { Wire } from './wire.ts'

/** Maximum number of characters of a system's fields, by name. */
export type FieldLimits = Readonly<Record<string, number>>

/** A text that was too long for its field. */
export interface Shortened {
  readonly field: string
  readonly limit: number
  /** What the field holds, as a common word: `company`. */
  readonly what: string
  /** The original text. */
  readonly whole: string
  /** The part that did not fit into any field. */
  readonly rest: string
}

/** Fits texts into a system's fields and records those that were too long. */
export interface FieldTexts {
  /** A one-line text, cut between two characters if it is too long. */
  line(field: string, what: string, text: string | null): string | null
  phone(field: string, text: string | null): string | null
  /** An e-mail address; one that is too long is left out, because a cut address belongs to someone else. */
  email(field: string, text: string | null): string | null
  /** Distributes parts over several fields, in order. */
  lines(fields: readonly string[], what: string, parts: readonly (string | null)[]): Wire
  readonly shortened: readonly Shortened[]
}

export function createFieldTexts(limits: FieldLimits): FieldTexts {
  const shortened: Shortened[] = []
  const limitOf = (field: string): number => limits[field] ?? Number.POSITIVE_INFINITY
  const note = (field: string, what: string, texts: Pick<Shortened, 'whole' | 'rest'>): void => {
    shortened.push({ field, what, limit: limitOf(field), ...texts })
  }
  return {
    shortened,
    line(field, what, given) {
      const whole = lineText(given)
      if (whole === null) return null
      const text = cutText(whole, limitOf(field))
      if (text !== whole) note(field, what, { whole, rest: whole.slice(text.length).trim() })
      return text === '' ? null : text
    },
    phone(field, given) {
      const whole = lineText(given)
      if (whole === null) return null
      const text = phoneText(whole, limitOf(field))
      const digits = (one: string) => one.replace(/\D/g, '')
      if (digits(text) !== digits(whole)) note(field, 'phone', { whole, rest: whole })
      return text === '' ? null : text
    },
    email(field, given) {
      const whole = lineText(given)
      if (whole === null || whole.length <= limitOf(field)) return whole
      note(field, 'e-mail', { whole, rest: whole })
      return null
    },
    lines(fields, what, given) {
      const parts = given.map(lineText).filter((part) => part !== null)
      const { lines, rest } = flowLines(parts, fields.map(limitOf))
      if (rest !== '') note(fields.at(-1) ?? '', what, { whole: parts.join(', '), rest })
      return Object.fromEntries(lines.flatMap((line, index) => (line === '' ? [] : [[fields[index] ?? '', line]])))
    },
  }
}

/**
 * The comment of an order: the given text, and the texts that did not fit into their fields: whole if all of them fit
 * into the comment, else only the parts that were cut. Null if there is nothing to say.
 */
export function commentOf(shortened: readonly Shortened[], limit: number, said: string | null): string | null {
  const render = (text: (one: Shortened) => string): string => {
    const values = shortened.map((one) => `${one.what}: ${text(one)}`)
    return [...(said === null ? [] : [said]), ...new Set(values)].join('; ')
  }
  const whole = render((one) => one.whole)
  const comment = whole.length <= limit ? whole : render((one) => (one.rest === one.whole ? one.rest : `…${one.rest}`))
  return comment === '' ? null : cutText(comment, limit)
}

/**
 * The note of a write with texts that were too long. It contains no customer text, because it goes to logs and results.
 */
export function noteOf(shortened: readonly Shortened[]): Pick<Delivered, 'note'> {
  if (shortened.length === 0) return {}
  const limits = new Map(shortened.map(({ field, limit }) => [field, limit]))
  const fields = [...limits].map(([field, limit]) => `${field} (${limit})`)
  return { note: `texts longer than their field, in full in the order's comment: ${fields.join(', ')}` }
}
