import { StreamError } from '../../errors.ts'
import { ExactNumber } from '../../platform/json.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../kit/wire.ts'
import type { NetSuiteClient } from './client.ts'
import { isBegun } from './order-state.ts'

/**
 * The error of a refused write of an order, or `concurrent_change` where the vendor's people were faster: they have begun or
 * cancelled the order, or shipped more of it, since it was read. Then nothing is wrong with it; the next try sees what they did.
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
  const message = `the vendor went on with order ${externalId} while it was changed: ${error.message}`
  return new StreamError('concurrent_change', message, { cause: error })
}

/** No order is written that was seen so. */
const isCancelled = (order: Wire): boolean => textOf(wireOf(order['status'])['id']) === 'C'

function isLessThanShipped(body: Wire, now: Wire): boolean {
  const linesOf = (order: Wire) => wiresOf(wireOf(order['item'])['items'])
  const shipped = new Map(linesOf(now).map((line) => [numberOf(line['line']), numberOf(line['quantityFulfilled'])]))
  return linesOf(body).some((line) => numberOf(line['quantity']) < (shipped.get(numberOf(line['line'])) ?? 0))
}

function numberOf(value: unknown): number {
  return Number((value instanceof ExactNumber ? value.text : textOf(value)) ?? 0)
}
