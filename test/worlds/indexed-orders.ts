import type { OperationDeps } from '../../src/operations/dependencies.ts'
import { orderIndexStage, partIndexStage } from '../../src/projections/order-index.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../data/processor-events.ts'
import { batchContext, decoded } from './stage-context.ts'

interface SearchedOrder {
  readonly source: string
  readonly connection: string
  readonly number: string
  readonly skus: readonly string[]
  readonly email: string
  /** Milliseconds. */
  readonly placedAt: number
}

/** Indexes an order of a shop, and the part of it with `partSkus` that the connection's vendor is sent. */
export async function indexOrder(
  { tables, personKeys }: Pick<OperationDeps, 'tables' | 'personKeys'>,
  { source, connection, number, skus, email, placedAt }: SearchedOrder,
  partSkus: readonly string[],
): Promise<void> {
  const deps = { tables, personKeys: { secret: personKeys.secret, keptUntil: async () => null } }
  const order = (of: readonly string[]) => {
    const lines = of.map((sku, line) => lineOf(String(line), sku))
    return orderOf(lines, { orderNumber: number, customerEmail: email, placedAt })
  }
  const read = decoded<'orders'>(orderChanged(order(skus), { source }), { offset: 0, timestamp: placedAt })
  await orderIndexStage(deps).handle([read], batchContext().context)
  const part = { ...vendorOrder(connection, number, order(partSkus)), source }
  const sent = decoded<'vendor-orders'>(part, { offset: 0, timestamp: placedAt })
  await partIndexStage('erp', deps).handle([sent], batchContext().context)
}
