import type { VendorOrderRequested } from '../../events/generated/events.ts'

const TOKEN = /\{([^{}]*)\}/g
const known = ['reference', 'number', 'date'] as const

/**
 * Problem of a template for names; null: each order has its own name. Only the reference, connection and order number,
 * is unique: two shops may have the same numbers.
 */
export function fileNameProblem(template: string): string | null {
  if (/[/\\\p{Cc}]/u.test(template)) return 'must be a name without a folder'
  const unknown = [...template.matchAll(TOKEN)].find(([, name]) => !known.some((one) => one === name))
  if (unknown !== undefined) return `has the unknown part ${unknown[0]}; parts are {reference}, {number} and {date}`
  if (template.startsWith('.')) return 'must not begin with a dot: many programs do not show such files'
  return template.includes('{reference}') ? null : 'must contain {reference}, so that each order has its own file'
}

/** Pure: the same order always has the same name. */
export function orderFileName(template: string, reference: string, { data }: VendorOrderRequested): string {
  const values: Readonly<Record<string, string>> = {
    reference,
    number: data.orderNumber,
    date: new Date(data.placedAt).toISOString().slice(0, 10).replaceAll('-', ''),
  }
  return template.replaceAll(TOKEN, (_, name: string) => plain(values[name] ?? ''))
}

/** Safe in names on any system, and still different for different texts. */
function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
