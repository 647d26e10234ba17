import { createSimulatorApp, listen, type Simulator } from '../../../simulators/harness/simulator.ts'

interface Item {
  id: number
  sku: string
  changed_at: string
  warehouses: { code: string; on_hand: number; available: number; bin?: string }[]
}
type Order = Record<string, unknown> & { lines?: readonly { sku: string }[]; status?: string }

export interface AcmeSimulator extends Simulator {
  readonly items: Item[]
  readonly orders: Map<string, Order>
}

export const ACME_TOKEN = 'acme-token'

/** Simulates the part of Acme that Waldstream uses. Faults, request log and state come with the harness. */
export async function startAcmeSimulator(items: Item[]): Promise<AcmeSimulator> {
  const orders = new Map<string, Order>()
  const app = createSimulatorApp({
    state: () => ({ items, orders: Object.fromEntries(orders) }),
    reset: () => orders.clear(),
  })
  app.addHook('onRequest', async ({ url, headers }, reply) => {
    const known = url.startsWith('/_sim/') || headers.authorization === `Bearer ${ACME_TOKEN}`
    if (!known) await reply.code(401).send({ code: 'unauthorized' })
  })
  app.get('/v1/status', async () => ({ status: 'ok' }))
  app.get<{ Querystring: Record<string, string> }>('/v1/stock', async ({ query }) => {
    const {
      changed_from: from,
      changed_after: after,
      changed_at: at,
      id_above: above,
      changed_before: before,
      limit,
    } = query
    const found = items
      .filter((item) => from === undefined || item.changed_at >= from)
      .filter((item) => after === undefined || item.changed_at > after)
      .filter((item) => at === undefined || (item.changed_at === at && item.id > Number(above)))
      .filter((item) => before === undefined || item.changed_at < before)
      .toSorted((a, b) => (a.changed_at === b.changed_at ? a.id - b.id : a.changed_at < b.changed_at ? -1 : 1))
    return { items: found.slice(0, Number(limit)), more: found.length > Number(limit) }
  })
  app.get<{ Params: { reference: string } }>('/v1/orders/:reference', async ({ params }, reply) => {
    return orders.get(params.reference) ?? reply.code(404).send({ code: 'unknown_order' })
  })
  app.put<{ Params: { reference: string }; Body: Order }>('/v1/orders/:reference', async ({ params, body }, reply) => {
    const before = orders.get(params.reference)
    if (before !== undefined && before.status !== 'open') return reply.code(409).send({ code: 'in_delivery' })
    const unknown = body.lines?.find(({ sku }) => !items.some((item) => item.sku === sku))
    if (unknown !== undefined) return reply.code(422).send({ code: 'unknown_sku', sku: unknown.sku })
    const id = before?.['id'] ?? `A${orders.size + 1}`
    orders.set(params.reference, { ...body, id })
    return reply.code(before === undefined ? 201 : 200).send({ id })
  })
  return { ...(await listen(app)), items, orders }
}
