import { StreamError } from '../../errors.ts'
import { parseExact } from '../../platform/json.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import { isWire, textOf, type Wire } from '../kit/wire.ts'

/** Context needed to read a message's fields. */
export interface MessageContext {
  /** IANA zone for times without a zone. */
  readonly zone: string
  /** When the message was received, milliseconds UTC. */
  readonly receivedAt: number
  /** When the message reached the queue, milliseconds UTC. */
  readonly sentAt: number
  /** Currency of amounts that name none. */
  readonly currency: string | null
}

/** The entity of a message. */
export interface DecodedMessage<Data> {
  readonly key: string
  readonly occurredAt: number
  readonly data: Data
}

/** Most bytes of a body: its event holds it twice, as data and as raw text, and must fit into one record. */
const LARGEST = 400_000

/** The shops' placeholder for "no value". */
const NOTHING = '####'

/** Parses the object of an entity; placeholders become null. Throws `value_too_large` or `source_data_invalid`. */
export function parseMessage(body: string): Wire {
  const size = Buffer.byteLength(body)
  if (size > LARGEST) {
    throw new StreamError('value_too_large', `the message has ${size} bytes; at most ${LARGEST} are accepted`)
  }
  let json: unknown
  try {
    json = parseExact(body)
  } catch {
    throw new StreamError('source_data_invalid', 'the message is not JSON; send an object with one entity')
  }
  const wire = withoutPlaceholders(json)
  if (isWire(wire)) return wire
  throw new StreamError('source_data_invalid', 'the message is not a JSON object; send an object with one entity')
}

function withoutPlaceholders(value: unknown): unknown {
  if (value === NOTHING || value === '') return null
  if (Array.isArray(value)) return value.map(withoutPlaceholders)
  if (!isWire(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutPlaceholders(field)]))
}

/** The first of these fields that has a text or number, with its name for error messages. */
export function firstOf(wire: Wire, names: readonly string[]): { readonly name: string; readonly text: string } | null {
  for (const name of names) {
    const text = textOf(wire[name])
    if (text !== null) return { name, text }
  }
  return null
}

/** As `firstOf`, but only the text. Throws `value_missing` with the first name as the field. */
export function requireFirst(wire: Wire, names: readonly string[], path = ''): string {
  const found = firstOf(wire, names)
  if (found !== null) return found.text
  const field = `${path}${names[0]}`
  throw new StreamError('value_missing', `${field} is missing; add it to the message`, { field })
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d:?\d\d)?$/

/**
 * Seconds or milliseconds since 1970, distinguished by the number of digits: both cover the years 2001 to 2286. Null:
 * it is neither.
 */
function epochOf(text: string): number | null {
  const [, whole = '', fraction = ''] = /^(\d{10}|\d{13})(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === '') return null
  return whole.length === 13 ? Number(whole) : Number(whole) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
}

/**
 * The time of the first of these fields that has a value, milliseconds UTC; null if all are empty. Throws
 * `time_invalid`.
 */
export function timeOf(wire: Wire, names: readonly string[], context: MessageContext): number | null {
  const found = firstOf(wire, names)
  if (found === null) return null
  const { name: field, text } = found
  const epoch = epochOf(text.trim())
  if (epoch !== null) return epoch
  const timeError = () =>
    new StreamError(
      'time_invalid',
      `${field}: "${text.slice(0, 40)}" is not a time like 2026-03-02 18:04:11 or 1772474651`,
      { field },
    )
  const [, day, clock = '00:00:00', fraction = '', zone] = TIME.exec(text.trim()) ?? []
  if (day === undefined) throw timeError()
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  // Checked as UTC even if the text has a zone: this finds days and hours that do not exist.
  if (new Date(`${day}T${clock}Z`).toJSON()?.slice(0, 19) !== `${day}T${clock}`) throw timeError()
  if (zone !== undefined) {
    const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`
    return Date.parse(`${day}T${clock}${offset}`) + ms
  }
  return fromLocalTime(`${day} ${clock}`, context.zone, context.receivedAt) + ms
}

/**
 * The objects of a list; empty if the field is absent. Throws if it is anything but a list of objects, so that no item
 * is dropped.
 */
export function listOf(wire: Wire, name: string): readonly Wire[] {
  const list = wire[name] ?? []
  if (Array.isArray(list) && list.every(isWire)) return list
  throw new StreamError('source_data_invalid', `${name} is not a list of objects`, { field: name })
}

/** When the row changed at its source, or else when its message reached the queue. */
export function changedAt(wire: Wire, context: MessageContext): number {
  return timeOf(wire, ['update_dt', 'updated_at', 'update_date'], context) ?? context.sentAt
}
