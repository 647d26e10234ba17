import { StreamError, toStreamError } from '../../errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { stringifyExact } from '../../platform/json.ts'
import { coalesce } from '../kit/coalesce.ts'
import { untilAborted } from '../kit/until-aborted.ts'
import type { Wire } from '../kit/wire.ts'
import type { Bulk, BulkItem, BulkOperation } from './bulk.ts'

/** Bodies of one request; the shop's own limit is 5,000 at the least. */
const MOST = 500

export interface BulkTiming {
  /** Between two questions about a request. */
  readonly pollMs: number
  /** How long an operation is followed: less than a delivery may take, so that it ends with a reason. */
  readonly followMs: number
}

/**
 * Writes bodies of one endpoint through the shop's queue; resolves when the shop has worked the body off. Bodies that are
 * given together go in one request. What is still open of a key is waited for before another body of it is sent, so that
 * the older one can't come last; the same body is not sent again. Throws `target_rejected` with the shop's own words,
 * `target_unavailable` for what the shop says may be tried again, and `timed_out` for what stays open.
 */
export type BulkWriter = (key: string, body: Wire, signal: AbortSignal) => Promise<void>

/** One body on its way: which of how many accepted ones of which request. */
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
    (bodies: readonly Wire[], signal) => sendApart(bodies, (some) => calls.send(some, signal)),
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
      throw new StreamError('target_rejected', `Magento took none of it: ${sent.item.rejected}`)
    open.set(key, { ...sent, text })
    const operation = await follow(sent, signal)
    open.delete(key)
    if (operation.status !== 'complete') throw operationFailedError(operation, sent.bulkId)
  }
}

/** A request that is refused as a whole is halved until what is wrong stands alone (Guarantee 5). */
async function sendApart(
  bodies: readonly Wire[],
  send: (bodies: readonly Wire[]) => Promise<Bulk>,
): Promise<readonly (Sent | StreamError)[]> {
  try {
    return sentOf(await send(bodies))
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.code !== 'target_rejected' || bodies.length === 1) return bodies.map(() => error)
    const half = Math.ceil(bodies.length / 2)
    return [...(await sendApart(bodies.slice(0, half), send)), ...(await sendApart(bodies.slice(half), send))]
  }
}

function sentOf({ id, items }: Bulk): Sent[] {
  const accepted = items.filter(({ rejected }) => rejected === null)
  return items.map((item) => ({ bulkId: id, item, rank: accepted.indexOf(item), accepted: accepted.length }))
}

/**
 * Operations bear the number of their body; in older releases one of the database's own. Both are in the bodies' order,
 * so the place in it decides, unless bodies that were refused at once are listed too.
 */
function operationOf({ item, rank, accepted }: Sent, operations: readonly BulkOperation[] | null) {
  return operations?.length === accepted ? operations[rank] : operations?.find(({ id }) => id === item.id)
}

/** One call for all who wait for the same request. */
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
    return new StreamError('target_unavailable', `Magento could not do it now: ${message}`, { details })
  }
  return new StreamError('target_rejected', `Magento refused it: ${message}`, { details })
}

function operationOpenError(bulk: string): StreamError {
  const message =
    'Magento took it, but has not worked it off yet: if that lasts, its queue consumers do not run ' +
    '(bin/magento queue:consumers:start async.operations.all)'
  return new StreamError('timed_out', message, { details: { bulk } })
}
