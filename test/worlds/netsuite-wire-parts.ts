/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: 'string', minLength: 1 }
export const number: Schema = { type: 'number' }
export const flag: Schema = { type: 'boolean' }
export const day: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' }
export const moment: Schema = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' }
export const links: Schema = { type: 'array', items: object({ rel: text, href: text }, ['rel', 'href']) }
export const reference: Schema = object({ id: text, externalId: text, refName: text, links }, ['id'])
export const sent: Schema = object({ id: text }, ['id'])

export function object(properties: Schema, required: readonly string[], more: Schema = {}): Schema {
  return { type: 'object', properties, required, additionalProperties: false, ...more }
}

export const sublist = (items: Schema): Schema =>
  object({ items: { type: 'array', items }, links, totalResults: { type: 'integer' } }, [])

const addressFields = {
  addressee: text,
  attention: text,
  addr1: text,
  addr2: text,
  addr3: text,
  city: text,
  state: text,
}
export const address = (more: Schema = {}): Schema =>
  object({ ...addressFields, zip: text, country: sent, addrPhone: text, ...more }, [])

export const custom = (prefix: string): Schema => ({ patternProperties: { [`^${prefix}_[a-z0-9_]+$`]: {} } })
