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

/** One row per attempt to deliver an event of an order, by shop and order number: the calls that it made. */
export const orderCallTables: readonly TableDefinition[] = [
  { name: ORDER_CALLS, partitionKey: 'order', sortKey: 'attempt', expires: 'expires' },
]

/** One call as it is stored, without personal data. */
export interface OrderCall {
  /** ISO 8601. */
  readonly at: string
  readonly method: string
  /** Host and path, with the names of the query parameters. */
  readonly address: string
  /** Null: no answer came. */
  readonly status: number | null
  readonly ms: number
  /** The bodies as text; null: there was none, or it is not stored. */
  readonly request: string | null
  readonly answer: string | null
  /** The error of the call; null: it did not fail. */
  readonly error: string | null
  /** Bodies that are not complete. */
  readonly cut: readonly CallBody[]
}

interface OrderCallsRow {
  /** source|key, as in the order's steps. */
  readonly order: string
  /** event id#time, so that an event's attempts sort by time. */
  readonly attempt: string
  readonly event_id: string
  /** When the attempt began; ISO 8601. */
  readonly at: string
  readonly stage: string
  readonly connection: string
  /** A list of `OrderCall` as JSON, gzip, base64: a fifth of the plain size. */
  readonly calls: string
  /** Calls that are not stored because there were too many. */
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

/** The content packed into a row. */
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

/** The order and event of an attempt. */
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

/** Characters stored of a body. */
export const LONGEST_KEPT_BODY = 16_000
/** Bytes of all bodies of a row: packed, they always fit into the 400 kB of an item. */
const MOST_BYTES = 256 * 1024

const unpack = promisify(gunzip)

/** Stores the calls of an attempt. They hold no personal data any more. */
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

/** Attempts returned at once: the newest. */
const MOST_ATTEMPTS = 20

/** The attempts to deliver an event that began within the range (ISO 8601), oldest first. Throws `row_unreadable`. */
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

/** Bodies within their limits, the last ones first: with them the attempt ended. */
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
