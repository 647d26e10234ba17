import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { StreamError } from '../../errors.ts'
import { exactNumber } from '../../platform/json.ts'
import { CUSTOMER_FIELDS, LINE_FIELDS } from '../../rules/map-order.ts'
import { type Wire, wireOf } from './wire.ts'

/** The bodies of an order and its lines as the sink builds them. */
export interface OrderBodies {
  readonly order: Wire
  readonly lines: readonly LineBody[]
}

interface LineBody {
  /** The shop's id of the line. */
  readonly lineId: string
  readonly body: Wire
}

/** Fields of an order map in events: JSON text by name; fields of a line are named `line.<line id>.<name>`. */
type MappedFields = Readonly<Record<string, string>>

type Field = readonly [name: string, json: string]

/**
 * Adds the fields of the connection's order map to the order, or to the line that they name. A name with dots is a
 * nested field. `mappable` fields are handled by the sink itself and skipped here. Throws `mapping_failed` for a field
 * that the sink writes itself: a rule must not change what was ordered (Guarantee 7). `validate` rejects such a rule,
 * but an event from an older mapping may still contain it.
 */
export function applyOrderFields(
  { order, lines }: OrderBodies,
  fields: MappedFields,
  { own, mappable, customer }: OwnOrderFields,
): { readonly order: Wire; readonly lines: readonly Wire[] } {
  const put = (body: Wire, [name, json]: Field, prefix: string): Wire => {
    if (mappable.includes(prefix + name)) return body
    const root = name.split('.', 1)[0] ?? name
    if (own.includes(prefix + root)) throw ownFieldError(prefix + name)
    return withField(body, [name, json])
  }
  const ofLines = fieldsByLine(
    fields,
    lines.map(({ lineId }) => lineId),
  )
  return {
    order: fieldsOfOrder(fields, customer !== undefined).reduce((body, field) => put(body, field, ''), order),
    lines: lines.map(({ lineId, body }) =>
      (ofLines.get(lineId) ?? []).reduce((line, { field }) => put(line, field, LINE_FIELDS), body),
    ),
  }
}

/**
 * Adds the customer's fields of the order map (`customer.…`) to the body of a new customer. Throws `mapping_failed` for
 * a field that identifies the customer.
 */
export function applyCustomerFields(customer: Wire, fields: MappedFields, own: readonly string[]): Wire {
  const mapped = Object.entries(fields).filter(([name]) => name.startsWith(CUSTOMER_FIELDS))
  return mapped.reduce((body, [whole, json]) => {
    const name = whole.slice(CUSTOMER_FIELDS.length)
    if (own.includes(name.split('.')[0] ?? name)) throw ownFieldError(whole)
    return withField(body, [name, json])
  }, customer)
}

/** The value of a field that the sink handles itself; undefined if no rule sets it. `lineId`: of that line. */
export function mappedValue(fields: MappedFields, name: string, lineId?: string): unknown {
  const json = fields[lineId === undefined ? name : `${LINE_FIELDS}${lineId}.${name}`]
  return json === undefined ? undefined : jsonValue(json)
}

function fieldsOfOrder(fields: MappedFields, hasCustomer: boolean): Field[] {
  const others = hasCustomer ? [LINE_FIELDS, CUSTOMER_FIELDS] : [LINE_FIELDS]
  return Object.entries(fields).filter(([name]) => !others.some((prefix) => name.startsWith(prefix)))
}

/**
 * Line ids may contain dots, as SKUs do: `line.A.1.gift` is the field `gift` of line `A.1` if that line exists, else a
 * field of line `A`.
 */
function fieldsByLine(
  fields: MappedFields,
  lineIds: readonly string[],
): ReadonlyMap<string, readonly { readonly field: Field }[]> {
  const prefixOf = (lineId: string) => `${LINE_FIELDS}${lineId}.`
  const longestFirst = lineIds.toSorted((a, b) => b.length - a.length)
  const found = Object.entries(fields).flatMap(([name, json]) => {
    const lineId = longestFirst.find((one) => name.startsWith(prefixOf(one)))
    return lineId === undefined ? [] : [{ lineId, field: [name.slice(prefixOf(lineId).length), json] as const }]
  })
  return Map.groupBy(found, ({ lineId }) => lineId)
}

function withField(body: Wire, [name, json]: Field): Wire {
  const [first = name, ...rest] = name.split('.')
  if (rest.length === 0) return { ...body, [first]: jsonValue(json) }
  return { ...body, [first]: withField(wireOf(body[first]), [rest.join('.'), json]) }
}

/** Numbers keep all their digits. */
function jsonValue(json: string): unknown {
  return /^[-\d]/.test(json) ? exactNumber(json) : JSON.parse(json)
}

function ownFieldError(name: string): StreamError {
  const message = `orderMap.fields: ${name} is written by Waldstream itself; remove the rule and replay the order`
  return new StreamError('mapping_failed', message, { field: `orderMap.fields.${name}` })
}
