import { cutText, flowLines, lineText, phoneText } from './fit-text.ts'
import type { Delivered } from './sink.ts'
import type { Wire } from './wire.ts'

/** How many characters a system's fields take, by name. */
export type FieldLimits = Readonly<Record<string, number>>

/** A text that was longer than its field. */
export interface Shortened {
  readonly field: string
  readonly limit: number
  /** What the field holds, in people's words: `company`. */
  readonly what: string
  /** The text as it was. */
  readonly whole: string
  /** What of it is in no field. */
  readonly rest: string
}

/** Texts made to fit into a system's fields, and what was too long for them. */
export interface FieldTexts {
  /** A text of one line, cut between two characters where it is too long. */
  line(field: string, what: string, text: string | null): string | null
  phone(field: string, text: string | null): string | null
  /** An e-mail address: half of one is somebody else's, so one that is too long is left out. */
  email(field: string, text: string | null): string | null
  /** Parts over several fields, in their order. */
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
 * The comment of an order: what it says anyway, and what no field of the order has: whole values where there is room for all of
 * them, else their ends. Null where there is nothing to say.
 */
export function commentOf(shortened: readonly Shortened[], limit: number, said: string | null): string | null {
  const told = (text: (one: Shortened) => string): string => {
    const values = shortened.map((one) => `${one.what}: ${text(one)}`)
    return [...(said === null ? [] : [said]), ...new Set(values)].join('; ')
  }
  const whole = told((one) => one.whole)
  const comment = whole.length <= limit ? whole : told((one) => (one.rest === one.whole ? one.rest : `…${one.rest}`))
  return comment === '' ? null : cutText(comment, limit)
}

/** The note of a write whose texts were too long; without what anybody wrote: it goes to logs and results. */
export function noteOf(shortened: readonly Shortened[]): Pick<Delivered, 'note'> {
  if (shortened.length === 0) return {}
  const limits = new Map(shortened.map(({ field, limit }) => [field, limit]))
  const fields = [...limits].map(([field, limit]) => `${field} (${limit})`)
  return { note: `longer than the field, the whole is in the order's comment: ${fields.join(', ')}` }
}
