import type { OwnOrderFields } from '../../configuration/system-type.ts'
import { StreamError } from '../../errors.ts'
import { exactNumber } from '../../platform/json.ts'
import { CUSTOMER_FIELDS, LINE_FIELDS } from '../../rules/map-order.ts'
import { type Wire, wireOf } from './wire.ts'

/** An order's body and those of its lines, as the sink itself writes them. */
export interface OrderBodies {
  readonly order: Wire
  readonly lines: readonly LineBody[]
}

interface LineBody {
  /** The shop's id of the line. */
  readonly lineId: string
  readonly body: Wire
}

/** Fields of an order map as events carry them: JSON text by name, a line's as `line.<line id>.<name>`. */
type MappedFields = Readonly<Record<string, string>>

type Field = readonly [name: string, json: string]

/**
 * Puts the fields of the connection's order map where they belong: into the order, or into the line that they name. A name
 * with dots is a field within a field. `mappable` fields have a meaning that the sink gives them itself; they are left out
 * here. Throws `mapping_failed` for a field that the sink writes itself: a rule must not change what was ordered (Guarantee 7).
 * `validate` refuses such a rule; an event of an older mapping may still have it.
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
 * Puts the customer's fields of the order map (`customer.…`) into the body of the customer that the sink makes. Throws
 * `mapping_failed` for a field that the customer is known by.
 */
export function applyCustomerFields(customer: Wire, fields: MappedFields, own: readonly string[]): Wire {
  const mapped = Object.entries(fields).filter(([name]) => name.startsWith(CUSTOMER_FIELDS))
  return mapped.reduce((body, [whole, json]) => {
    const name = whole.slice(CUSTOMER_FIELDS.length)
    if (own.includes(name.split('.')[0] ?? name)) throw ownFieldError(whole)
    return withField(body, [name, json])
  }, customer)
}

/** The value of a field that the sink gives a meaning itself; undefined where no rule gives it. `lineId`: of that line. */
export function mappedValue(fields: MappedFields, name: string, lineId?: string): unknown {
  const json = fields[lineId === undefined ? name : `${LINE_FIELDS}${lineId}.${name}`]
  return json === undefined ? undefined : jsonValue(json)
}

function fieldsOfOrder(fields: MappedFields, hasCustomer: boolean): Field[] {
  const others = hasCustomer ? [LINE_FIELDS, CUSTOMER_FIELDS] : [LINE_FIELDS]
  return Object.entries(fields).filter(([name]) => !others.some((prefix) => name.startsWith(prefix)))
}

/** Ids may have dots, as SKUs do: `line.A.1.gift` is the gift of line `A.1` where there is one, else a field of line `A`. */
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
