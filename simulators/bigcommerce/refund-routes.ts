import type { FastifyInstance } from 'fastify'
import { centsIn } from './cents.ts'
import { envelope, type Params, pageOf, slice } from './lists.ts'
import { type AskedRefund, newRefund, quoteRefund, type RefundAmounts, refundOrder } from './order-life.ts'
import { BigCommerceError } from './problems.ts'
import { changeOrder, type Shop } from './shop.ts'
import { toV3Time } from './times.ts'
import type { Order, Refund } from './wire-types.ts'

interface RefundBody {
  items?: AskedRefund[]
  payments?: { provider_id?: string; amount?: number; offline?: boolean }[]
  reason?: string
}

/** Refunds of v3, as in `reference/orders.v3.yml` of BigCommerce's documentation. */
export function addRefundRoutes(app: FastifyInstance, shop: Shop, orderOf: (id: string) => Order, root: string): void {
  type Route = { Params: { id: string; refund: string }; Querystring: Params; Body: RefundBody }
  const at = `${root}/v3/orders/:id/payment_actions`
  const all = () => shop.store.orders.all().flatMap(({ refunds = [] }) => refunds)
  const page = (rows: readonly Refund[], query: Params) => {
    const asked = pageOf(query)
    return envelope(
      slice(
        rows.toSorted((a, b) => a.id - b.id),
        asked,
      ),
      rows.length,
      asked,
    )
  }
  app.post<Route>(`${at}/refund_quotes`, async ({ params, body }, reply) => {
    const order = orderOf(params.id)
    return reply.code(201).send({ data: renderQuote(order, quoteRefund(order, body?.items ?? [])), meta: {} })
  })
  app.post<Route>(`${at}/refunds`, async ({ params, body }, reply) => {
    const order = orderOf(params.id)
    const now = shop.stamp()
    const refund = makeRefund(shop, order, body ?? {}, now)
    changeOrder(shop, order, refundOrder(order, refund, now))
    shop.announce('store/order/refund/created', { type: 'order', id: order.id, refund: { refund_id: refund.id } })
    return reply.code(201).send({ data: refund, meta: {} })
  })
  app.get<Route>(`${at}/refunds`, async ({ params, query }) => page(orderOf(params.id).refunds ?? [], query))
  app.get<Route>(`${root}/v3/orders/payment_actions/refunds`, async ({ query }) => page(all(), query))
  app.get<Route>(`${root}/v3/orders/payment_actions/refunds/:refund`, async ({ params }) => {
    const refund = all().find(({ id }) => id === Number(params.refund))
    if (refund === undefined) throw new BigCommerceError(404, 'The requested resource was not found.')
    return { data: refund, meta: {} }
  })
}

/** The payments must equal the quoted amount and use methods that the quote names. */
function makeRefund(
  shop: Shop,
  order: Order,
  { items = [], payments = [], reason = '' }: RefundBody,
  now: string,
): Refund {
  const amounts = quoteRefund(order, items)
  const known = methodsOf(order)
  const paid = payments.reduce((sum, { amount }) => sum + centsIn(amount), 0)
  if (payments.length === 0 || paid !== amounts.total) throw refused('The payments are not the amount of the refund.')
  const made = payments.map(({ provider_id = '', amount = 0, offline = false }) => {
    if (provider_id === 'storecredit' && order.customer_id === 0) {
      throw refused('Unable to provide store credit for a guest customer.')
    }
    if (!known.includes(provider_id)) throw refused(`The order can't be refunded by ${provider_id}.`)
    const id = shop.store.nextId('refund payment')
    return { id, provider_id, amount, offline, is_declined: false, declined_message: '' }
  })
  return newRefund(order, amounts, {
    id: shop.store.nextId('refund'),
    created: toV3Time(now),
    reason,
    payments: made,
  })
}

function methodsOf(order: Order): readonly string[] {
  const own = order.columns['payment_method'] === 'Manual' ? 'manual' : 'authorizenet'
  return [own, 'custom', ...(order.customer_id === 0 ? [] : ['storecredit'])]
}

function renderQuote(order: Order, { total, tax }: RefundAmounts) {
  const amount = total / 100
  return {
    order_id: order.id,
    total_refund_amount: amount,
    total_refund_tax_amount: tax / 100,
    rounding: 0,
    adjustment: 0,
    is_tax_included: false,
    order_level_refund_amount: 0,
    refund_methods: methodsOf(order).map((provider_id) => [
      {
        provider_id,
        provider_description: provider_id,
        amount,
        offline: provider_id !== 'authorizenet',
        offline_provider: provider_id !== 'authorizenet',
        offline_reason: '',
      },
    ]),
  }
}

const refused = (title: string) => new BigCommerceError(422, title)
