import { StreamError, toStreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { coalesce } from '../kit/coalesce.ts'
import { untilAborted } from '../kit/until-aborted.ts'
import type { Wire } from '../kit/wire.ts'
import type { Bulk, BulkItem, BulkOperation } from './bulk.ts'

/** Most bodies in one request; the shop's own limit is at least 5,000. */
const MOST = 500

export interface BulkTiming {
  /** Interval between two status requests. */
  readonly pollMs: number
  /** How long an operation is polled: less than the deadline of a delivery, so that the delivery ends with a reason. */
  readonly followMs: number
}

/**
 * Writes bodies of one endpoint through the shop's queue; resolves when the shop has processed the body. Bodies passed
 * at the same time share one request. An open body of the same key is awaited before the next one is sent, so that the
 * older one can't be applied last; an identical body is not sent again. Throws `target_rejected` with the shop's
 * message, `target_unavailable` if the shop says that it may be retried, and `timed_out` if it stays open.
 */
export type BulkWriter = (key: string, body: Wire, signal: AbortSignal) => Promise<void>

/** A sent body: its request, and its rank among the accepted bodies. */
interface Sent {
  readonly bulkId: string
  readonly item: BulkItem
  readonly rank: number
  readonly accepted: number
}

export function createBulkWriter(
  calls: {
    send(bodies: readonly Wire[], signal: AbortSignal): Promise<Bulk>
    operations(bulkId: string): Promise<readonly BulkOperation[] | null>
  },
  clock: Clock,
  { pollMs, followMs }: BulkTiming,
): BulkWriter {
  const send = coalesce(
    (bodies: readonly Wire[], signal) => sendOrSplit(bodies, (some) => calls.send(some, signal)),
    MOST,
  )
  const operationsOf = shared(calls.operations, clock, pollMs)
  const open = new Map<string, Sent & { readonly text: string }>()
  const follow = async (sent: Sent, signal: AbortSignal): Promise<BulkOperation> => {
    const until = clock.now() + followMs
    for (;;) {
      const operation = operationOf(sent, await untilAborted(operationsOf(sent.bulkId), signal))
      if (operation !== undefined && operation.status !== 'open') return operation
      if (clock.now() + pollMs > until) throw operationOpenError(sent.bulkId)
      await clock.sleep(pollMs, signal)
    }
  }
  return async (key, body, signal) => {
    const text = stringifyExact(body)
    const earlier = open.get(key)
    if (earlier !== undefined) {
      const { status } = await follow(earlier, signal)
      open.delete(key)
      if (status === 'complete' && earlier.text === text) return
    }
    const sent = await send(body, signal)
    if (sent instanceof StreamError) throw sent
    if (sent.item.rejected !== null)
      throw new StreamError('target_rejected', `Magento rejected it: ${sent.item.rejected}`)
    open.set(key, { ...sent, text })
    const operation = await follow(sent, signal)
    open.delete(key)
    if (operation.status !== 'complete') throw operationFailedError(operation, sent.bulkId)
  }
}

/** Splits a request that was rejected as a whole until the invalid body is isolated (Guarantee 5). */
async function sendOrSplit(
  bodies: readonly Wire[],
  send: (bodies: readonly Wire[]) => Promise<Bulk>,
): Promise<readonly (Sent | StreamError)[]> {
  try {
    return sentOf(await send(bodies))
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.code !== 'target_rejected' || bodies.length === 1) return bodies.map(() => error)
    const half = Math.ceil(bodies.length / 2)
    return [...(await sendOrSplit(bodies.slice(0, half), send)), ...(await sendOrSplit(bodies.slice(half), send))]
  }
}

function sentOf({ id, items }: Bulk): Sent[] {
  const accepted = items.filter(({ rejected }) => rejected === null)
  return items.map((item) => ({ bulkId: id, item, rank: accepted.indexOf(item), accepted: accepted.length }))
}

/**
 * Operations have the number of their body; in older releases, a database id. Both are in the order of the bodies, so
 * the rank decides, unless the list includes bodies that were rejected at once.
 */
function operationOf({ item, rank, accepted }: Sent, operations: readonly BulkOperation[] | null) {
  return operations?.length === accepted ? operations[rank] : operations?.find(({ id }) => id === item.id)
}

/** Shares one call among all that wait for the same request. */
function shared<R>(call: (id: string) => Promise<R>, clock: Clock, forMs: number): (id: string) => Promise<R> {
  const calls = new Map<string, { readonly at: number; readonly result: Promise<R> }>()
  return (id) => {
    const now = clock.now()
    for (const [other, { at }] of calls) if (at + forMs / 2 <= now) calls.delete(other)
    const recent = calls.get(id) ?? { at: now, result: call(id) }
    calls.set(id, recent)
    return recent.result
  }
}

function operationFailedError({ status, message }: BulkOperation, bulk: string): StreamError {
  const details = { bulk }
  if (status === 'failed-retriably') {
    return new StreamError('target_unavailable', `Magento could not process it now: ${message}`, { details })
  }
  return new StreamError('target_rejected', `Magento rejected it: ${message}`, { details })
}

function operationOpenError(bulk: string): StreamError {
  const message =
    'Magento accepted it, but has not processed it yet: if this persists, start its queue consumers ' +
    '(bin/magento queue:consumers:start async.operations.all)'
  return new StreamError('timed_out', message, { details: { bulk } })
}
