import { StreamError } from '../../errors.ts'
import { ExactNumber } from '../../platform/json.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { isBegun } from './order-state.ts'

/**
 * Returns the error of a rejected order write, or `concurrent_change` if the vendor's people changed the order since it
 * was read: they began or cancelled it, or shipped more of it. The write itself is not wrong then; the next try reads
 * the change.
 */
export async function asOvertaken(
  client: Pick<NetSuiteClient, 'getByExternalId'>,
  { externalId, body, isWhole }: { readonly externalId: string; readonly body: Wire; readonly isWhole: boolean },
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof StreamError && error.code === 'target_rejected')) return error
  const now = await client.getByExternalId('salesOrder', externalId, { expand: true }, signal)
  if (now === null || !(isCancelled(now) || (isWhole ? isBegun(now) : isLessThanShipped(body, now)))) return error
  const message = `the vendor changed order ${externalId} while it was being written: ${error.message}`
  return new StreamError('concurrent_change', message, { cause: error })
}

/** An order that was read as cancelled is never written, so it was cancelled after the read. */
const isCancelled = (order: Wire): boolean => textOf(wireOf(order['status'])['id']) === 'C'

function isLessThanShipped(body: Wire, now: Wire): boolean {
  const linesOf = (order: Wire) => wiresOf(wireOf(order['item'])['items'])
  const shipped = new Map(linesOf(now).map((line) => [numberOf(line['line']), numberOf(line['quantityFulfilled'])]))
  return linesOf(body).some((line) => numberOf(line['quantity']) < (shipped.get(numberOf(line['line'])) ?? 0))
}

function numberOf(value: unknown): number {
  return Number((value instanceof ExactNumber ? value.text : textOf(value)) ?? 0)
}
