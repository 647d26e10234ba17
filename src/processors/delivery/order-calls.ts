import { promisify } from 'node:util'
import { gunzip, gzipSync } from 'node:zlib'
import { isoTime } from '../../events/times.ts'
import { recordKey } from '../../events/topics.ts'
import { expiresAfter, keptDays } from '../../platform/dynamodb/expiry.ts'
import { list, map, nullable, number, oneOf, rowsOf, rowType, text } from '../../platform/dynamodb/rows.ts'
import type { TableDefinition, Tables } from '../../platform/dynamodb/tables.ts'
import { unreadableRowError } from '../../platform/dynamodb/unreadable-rows.ts'
import type { CallBody, RecordedCalls } from '../../platform/recorded-calls.ts'

const ORDER_CALLS = 'order_calls'

/** A row per attempt to deliver something of an order, by shop and order number: the calls that it took. */
export const orderCallTables: readonly TableDefinition[] = [
  { name: ORDER_CALLS, partitionKey: 'order', sortKey: 'attempt', expires: 'expires' },
]

/** One call as it is kept: no value of a person is in it. */
export interface OrderCall {
  /** ISO 8601. */
  readonly at: string
  readonly method: string
  /** Host and path, with the names of the query. */
  readonly address: string
  /** Null: no answer came. */
  readonly status: number | null
  readonly ms: number
  /** The bodies as text; null: there was none, or nothing of it is kept. */
  readonly request: string | null
  readonly answer: string | null
  /** What the call failed with; null: it did not. */
  readonly error: string | null
  /** Bodies that are not whole. */
  readonly cut: readonly CallBody[]
}

interface OrderCallsRow {
  /** source|key, as steps have it. */
  readonly order: string
  /** event id#time, so that an event's attempts are in their order. */
  readonly attempt: string
  readonly event_id: string
  /** When the attempt began; ISO 8601. */
  readonly at: string
  readonly stage: string
  readonly connection: string
  /** A list of `OrderCall` as JSON, gzip, base64: a fifth of what it would be else. */
  readonly calls: string
  /** Calls that are not kept, since there were too many. */
  readonly left_out: number
  /** Seconds: the row may be removed then. */
  readonly expires: number
}

export const orderCallRows = rowType<OrderCallsRow>(ORDER_CALLS, ['order', 'attempt'], {
  order: text,
  attempt: text,
  event_id: text,
  at: text,
  stage: text,
  connection: text,
  calls: text,
  left_out: number,
  expires: number,
})

/** What is packed in a row. */
const packedCalls = list(
  map<OrderCall>({
    at: text,
    method: text,
    address: text,
    status: nullable(number),
    ms: number,
    request: nullable(text),
    answer: nullable(text),
    error: nullable(text),
    cut: list(oneOf('request', 'answer')),
  }),
)

/** What an attempt was about. */
interface AttemptOfOrder {
  /** The shop. */
  readonly source: string
  readonly number: string
  readonly eventId: string
  readonly stage: string
  readonly connection: string
  /** Milliseconds: when it began. */
  readonly at: number
}

/** Characters that are kept of a body. */
export const LONGEST_KEPT_BODY = 16_000
/** Bytes of all bodies of a row: packed, whatever they are, they fit into the 400 kB of an item. */
const MOST_BYTES = 256 * 1024

const unpack = promisify(gunzip)

/** Keeps the calls of an attempt. They hold no value of a person any more. */
export async function putOrderCalls(tables: Tables, of: AttemptOfOrder, { calls, leftOut }: RecordedCalls) {
  const { source, number: key, eventId, stage, connection, at } = of
  const kept = fitting(calls.map((call) => ({ ...call, at: isoTime(call.at) })))
  await rowsOf(tables, orderCallRows).put({
    order: recordKey(source, key),
    attempt: `${eventId}#${isoTime(at)}`,
    event_id: eventId,
    at: isoTime(at),
    stage,
    connection,
    calls: gzipSync(JSON.stringify(kept)).toString('base64'),
    left_out: leftOut,
    expires: expiresAfter(at, keptDays.orderSteps),
  })
}

interface KeptAttempt extends Pick<OrderCallsRow, 'at' | 'stage' | 'connection' | 'left_out'> {
  readonly calls: readonly OrderCall[]
}

/** Attempts that are given at once: the newest. */
const MOST_ATTEMPTS = 20

/** The attempts to deliver an event that began within the times (ISO 8601), the oldest first. Throws `row_unreadable`. */
export async function attemptsOfEvent(
  tables: Tables,
  { order, event_id }: Pick<OrderCallsRow, 'order' | 'event_id'>,
  { after, to }: { readonly after: string; readonly to: string },
): Promise<readonly KeptAttempt[]> {
  const range = { after: `${event_id}#${after}`, to: `${event_id}#${to}`, descending: true, limit: MOST_ATTEMPTS }
  const rows = await rowsOf(tables, orderCallRows).query({ partition: order, ...range })
  return await Promise.all(rows.toReversed().map(unpacked))
}

async function unpacked({
  order,
  attempt,
  at,
  stage,
  connection,
  left_out,
  calls,
}: OrderCallsRow): Promise<KeptAttempt> {
  const json = await unpackedJson(calls)
  if (isCalls(json)) return { at, stage, connection, left_out, calls: json }
  const what = `has something else packed in calls than ${packedCalls.expected}`
  throw unreadableRowError(ORDER_CALLS, ['order', 'attempt'], { order, attempt }, what, 'calls')
}

async function unpackedJson(calls: string): Promise<unknown> {
  try {
    return JSON.parse((await unpack(Buffer.from(calls, 'base64'))).toString())
  } catch {
    return undefined
  }
}

function isCalls(json: unknown): json is readonly OrderCall[] {
  return packedCalls.is(json)
}

/** Bodies within their bounds, the last ones first: with them the attempt ended. */
function fitting(calls: readonly OrderCall[]): readonly OrderCall[] {
  let bytesLeft = MOST_BYTES
  const fit = (call: OrderCall): OrderCall => {
    const cut = new Set(call.cut)
    const bodyOf = (which: CallBody): string | null => {
      const body = call[which]
      if (body === null) return null
      const start = body.slice(0, LONGEST_KEPT_BODY).toWellFormed()
      const bytes = Buffer.byteLength(start)
      if (start.length < body.length || bytes > bytesLeft) cut.add(which)
      if (bytes > bytesLeft) return null
      bytesLeft -= bytes
      return start
    }
    const [answer, request] = [bodyOf('answer'), bodyOf('request')]
    return { ...call, request, answer, cut: [...cut] }
  }
  return calls.toReversed().map(fit).toReversed()
}
