import type { OperationDeps } from '../operations/dependencies.ts'
import { type OrderTimeline, sourcesOfOrder } from '../operations/order-timeline.ts'
import { notFound, type Principal } from '../operations/principal.ts'
import { UsageError } from './usage-error.ts'

type OrderPlace = Pick<OrderTimeline, 'source' | 'number'>

/**
 * The order with that number, in the shop of `--source`. Throws `not_found`, and a UsageError if several shops have
 * one.
 */
export async function placeOfOrder(
  operations: OperationDeps,
  by: Principal,
  number: string,
  named: string | undefined,
): Promise<OrderPlace> {
  const sources = named === undefined ? await sourcesOfOrder(operations, by, number) : [named]
  const [source, ...others] = sources
  if (source === undefined) {
    const what = `there is no order "${number}"; use the number that the shop shows`
    throw notFound(by, { field: 'number', api: what, cli: what })
  }
  if (others.length > 0) {
    throw new UsageError(`${sources.join(' and ')} have an order ${number}: name one with --source`)
  }
  return { source, number }
}
