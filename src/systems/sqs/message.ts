import { StreamError } from '../../errors.ts'
import { parseExact } from '../../platform/json.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import { isWire, textOf, type Wire } from '../kit/wire.ts'

/** What a message's fields are read by. */
export interface MessageContext {
  /** IANA zone of times without one. */
  readonly zone: string
  /** When it was received, milliseconds UTC. */
  readonly receivedAt: number
  /** When it came to the queue, milliseconds UTC. */
  readonly sentAt: number
  /** Of amounts that name none. */
  readonly currency: string | null
}

/** The entity of a message. */
export interface DecodedMessage<Data> {
  readonly key: string
  readonly occurredAt: number
  readonly data: Data
}

/** Bytes of a body: its event has it twice, as data and as it came, and has to go into one record. */
const LARGEST = 400_000

/** What the shops write where there is nothing. */
const NOTHING = '####'

/** The object of an entity, placeholders for nothing as null. Throws `value_too_large` or `source_data_invalid`. */
export function parseMessage(body: string): Wire {
  const size = Buffer.byteLength(body)
  if (size > LARGEST) {
    throw new StreamError('value_too_large', `the message has ${size} bytes; at most ${LARGEST} are taken`)
  }
  let json: unknown
  try {
    json = parseExact(body)
  } catch {
    throw new StreamError('source_data_invalid', 'the message is no JSON; send one object of one entity')
  }
  const wire = withoutPlaceholders(json)
  if (isWire(wire)) return wire
  throw new StreamError('source_data_invalid', 'the message is no JSON object; send one object of one entity')
}

function withoutPlaceholders(value: unknown): unknown {
  if (value === NOTHING || value === '') return null
  if (Array.isArray(value)) return value.map(withoutPlaceholders)
  if (!isWire(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withoutPlaceholders(field)]))
}

/** The first of these names that has a text or number; with its own name, for error messages. */
export function firstOf(wire: Wire, names: readonly string[]): { readonly name: string; readonly text: string } | null {
  for (const name of names) {
    const text = textOf(wire[name])
    if (text !== null) return { name, text }
  }
  return null
}

/** As `firstOf`, the text alone; throws `value_missing`, naming the field by its first name. */
export function requireFirst(wire: Wire, names: readonly string[], path = ''): string {
  const found = firstOf(wire, names)
  if (found !== null) return found.text
  const field = `${path}${names[0]}`
  throw new StreamError('value_missing', `${field} is missing; the message has to have it`, { field })
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d:?\d\d)?$/

/** Seconds or milliseconds since 1970, told apart by their digits: both of the years 2001 to 2286. Null: it is neither. */
function epochOf(text: string): number | null {
  const [, whole = '', fraction = ''] = /^(\d{10}|\d{13})(?:\.(\d+))?$/.exec(text) ?? []
  if (whole === '') return null
  return whole.length === 13 ? Number(whole) : Number(whole) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3))
}

/** The time of the first of these names that is there, milliseconds UTC; null: none is. Throws `time_invalid`. */
export function timeOf(wire: Wire, names: readonly string[], context: MessageContext): number | null {
  const found = firstOf(wire, names)
  if (found === null) return null
  const { name: field, text } = found
  const epoch = epochOf(text.trim())
  if (epoch !== null) return epoch
  const timeError = () =>
    new StreamError(
      'time_invalid',
      `${field}: "${text.slice(0, 40)}" is no time like 2026-03-02 18:04:11 or 1772474651`,
      { field },
    )
  const [, day, clock = '00:00:00', fraction = '', zone] = TIME.exec(text.trim()) ?? []
  if (day === undefined) throw timeError()
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3))
  // Also with a zone of its own: a day or hour that does not exist is found by the reading without one.
  if (new Date(`${day}T${clock}Z`).toJSON()?.slice(0, 19) !== `${day}T${clock}`) throw timeError()
  if (zone !== undefined) {
    const offset = zone === 'Z' ? zone : `${zone.slice(0, 3)}:${zone.slice(-2)}`
    return Date.parse(`${day}T${clock}${offset}`) + ms
  }
  return fromLocalTime(`${day} ${clock}`, context.zone, context.receivedAt) + ms
}

/** The objects of a list; none where it is not there. Throws for what is no list of objects: nothing of it is left out. */
export function listOf(wire: Wire, name: string): readonly Wire[] {
  const list = wire[name] ?? []
  if (Array.isArray(list) && list.every(isWire)) return list
  throw new StreamError('source_data_invalid', `${name} is no list of objects`, { field: name })
}

/** When the row changed at its source; without it, when it came to the queue. */
export function changedAt(wire: Wire, context: MessageContext): number {
  return timeOf(wire, ['update_dt', 'updated_at', 'update_date'], context) ?? context.sentAt
}
