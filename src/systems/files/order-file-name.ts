import type { VendorOrderRequested } from '../../events/generated/events.ts'

const TOKEN = /\{([^{}]*)\}/g
const known = ['reference', 'number', 'date', 'version'] as const

/**
 * Problem of a template for names; null: each order has its own name. Only the reference, connection and order number,
 * is unique: two shops may have the same numbers.
 */
export function fileNameProblem(template: string, isOfChange = false): string | null {
  if (/[/\\\p{Cc}]/u.test(template)) return 'must be a name without a folder'
  const parts = isOfChange ? known : known.filter((one) => one !== 'version')
  const unknown = [...template.matchAll(TOKEN)].find(([, name]) => !parts.some((one) => one === name))
  if (unknown !== undefined) {
    const listed = parts.map((one) => `{${one}}`)
    return `has the unknown part ${unknown[0]}; parts are ${listed.slice(0, -1).join(', ')} and ${listed.at(-1)}`
  }
  if (template.startsWith('.')) return 'must not begin with a dot: many programs do not show such files'
  if (!template.includes('{reference}')) return 'must contain {reference}, so that each order has its own file'
  if (!isOfChange || template.includes('{version}')) return null
  return 'must contain {version}, so that each change of an order has its own file'
}

/**
 * Problem of a template beside that of orders; null: no name is of both. The reference `acme-1-1` of an order is also
 * that of `acme-1` with its first version.
 */
export function alikeProblem(template: string, ofOrders: string): string | null {
  const begin = (one: string) => one.split('{', 1)[0]
  return begin(template) === begin(ofOrders)
    ? 'must begin with other letters than orders.file, such as CHANGE- or CANCEL-'
    : null
}

/** Pure: the same order always has the same name. `version`: of a change. */
export function orderFileName(
  template: string,
  reference: string,
  { data }: VendorOrderRequested,
  version = 0,
): string {
  const values: Readonly<Record<string, string>> = {
    reference,
    number: data.orderNumber,
    date: new Date(data.placedAt).toISOString().slice(0, 10).replaceAll('-', ''),
    version: String(version),
  }
  return template.replaceAll(TOKEN, (_, name: string) => plain(values[name] ?? ''))
}

/** Safe in names on any system, and still different for different texts. */
function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]/g, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  )
}
