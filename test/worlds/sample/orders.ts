import { decimal4, decimal8 } from '../../../src/events/decimal.ts'
import type { Order, OrderLine } from '../../../src/events/generated/events.ts'
import type { OperationDeps } from '../../../src/operations/dependencies.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { orderFulfilmentsStage } from '../../../src/projections/order-steps.ts'
import { fulfilmentLine, shopFulfilment } from '../../data/magento2-events.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../../data/processor-events.ts'
import { indexOrder } from '../indexed-orders.ts'
import type { readableTopics } from '../problem-orders.ts'
import { batchContext, decoded } from '../stage-context.ts'
import { addCalls } from './calls.ts'
import { report, type Told } from './reports.ts'

/** The order of which a page is shown: two vendors, and a line of the seller's own. */
const SAMPLE_ORDER = { source: 'outdoor', number: '100004217' } as const
const SHIPMENT = 'IF-20931'

const line = (id: string, sku: string, quantity: string, unit: string, amount: string, shipped = '0'): OrderLine =>
  lineOf(id, sku, {
    quantityOrdered: decimal8(quantity, 'quantity'),
    quantityShipped: decimal8(shipped, 'quantity'),
    unitPrice: decimal8(unit, 'price'),
    rowTotal: decimal4(amount, 'total'),
  })

const nordwand = [
  line('1', 'NW-JACKET-ALPINE-M', '1', '189.00', '189.00', '1'),
  line('2', 'NW-PANTS-RIDGE-L', '2', '89.50', '179.00'),
]
const trailworks = [line('3', 'TW-BOTTLE-750', '3', '14.90', '44.70')]
const own = [line('4', 'GIFT-WRAP', '1', '4.90', '4.90')]

/** Ends that orders of a list have, one after the other: mostly good ones. */
const ends: readonly Told['result'][] = [
  { status: 'succeeded' },
  { status: 'succeeded' },
  { status: 'processing' },
  { status: 'succeeded' },
  { status: 'waiting', code: 'item_missing', message: 'the item NW-AXE-58 is not in the ERP yet' },
  { status: 'succeeded' },
  { status: 'succeeded' },
  { status: 'ignored', code: 'delivered', message: 'all of it is shipped' },
]

const MINUTE = 60_000
/** When the order was read, before now, and how long after that it was delivered; milliseconds. */
const LIFE_BEGAN = 26 * MINUTE
const DELIVERED_AFTER = 1_460

/** Orders that are found by the SKU of one line, and by the address of one buyer. */
export async function addFoundOrders(operations: Pick<OperationDeps, 'tables' | 'personKeys'>, now: number) {
  const { source, number } = SAMPLE_ORDER
  const connection = 'outdoor-nordwand'
  const numbers = [number, ...Array.from({ length: 11 }, (_, index) => `${100_004_216 - index}`)]
  for (const [index, one] of numbers.entries()) {
    const skus = ['NW-PANTS-RIDGE-L', 'GIFT-WRAP']
    const order = { source, connection, number: one, skus, email: 'ada@example.com' }
    await indexOrder(operations, { ...order, placedAt: now - (27 + index * 190) * MINUTE }, ['NW-PANTS-RIDGE-L'])
  }
}

/** Orders as the list has them, and one with all that happened to it. */
export async function addOrders(tables: Tables, topics: ReturnType<typeof readableTopics>, now: number) {
  const listed = ['outdoor-nordwand', 'outdoor-trailworks', 'bikes-nordwand'].flatMap((connection, which) =>
    Array.from({ length: 14 }, (_, index): Told => {
      const [source = '', vendor = ''] = connection.split('-')
      const end = ends[(index + which) % ends.length] ?? { status: 'succeeded' }
      const number = source === 'bikes' ? `${20_871 - index}` : `${100_004_216 - index * 2 - which}`
      return {
        stage: `deliver-${vendor}`,
        at: now - (index * 11 + 3 + which) * MINUTE,
        result: {
          source,
          connection,
          key: number,
          targetId: end.status === 'succeeded' ? `${48_212 - index}` : null,
          ...end,
        },
      }
    }),
  )
  await report(tables, [...listed, ...lifeOf(topics, now)])
  await addCalls(tables, SAMPLE_ORDER, now - LIFE_BEGAN + DELIVERED_AFTER)
  const shipped = shopFulfilment(SHIPMENT, SAMPLE_ORDER.number, [fulfilmentLine('NW-JACKET-ALPINE-M', '1')])
  const times = { occurredAt: now - 4 * MINUTE, readAt: now - 3 * MINUTE }
  const event = { ...shipped, ...times, connection: 'outdoor-nordwand', source: 'nordwand' }
  const batch = [decoded<'shop-fulfilments'>(event, { offset: 1, timestamp: now - 3 * MINUTE })]
  await orderFulfilmentsStage(SAMPLE_ORDER.source, { tables, settleMs: 0 }).handle(batch, batchContext().context)
  const result = { entity: 'fulfilments', source: 'nordwand', connection: 'outdoor-nordwand', key: SHIPMENT }
  const inShop = { ...result, status: 'succeeded', targetId: '000001733' }
  await report(tables, [{ stage: 'deliver-outdoor:shop-fulfilments', at: now - 2 * MINUTE, result: inShop }])
}

function lifeOf({ codec, put }: ReturnType<typeof readableTopics>, now: number): readonly Told[] {
  const { source, number } = SAMPLE_ORDER
  const at = now - LIFE_BEGAN
  const more: Partial<Order> = { orderNumber: number, currency: 'EUR', placedAt: at - 45_000 }
  const whole = orderOf([...nordwand, ...trailworks, ...own], {
    ...more,
    shipping: decimal4('5.90', 'shipping'),
    grandTotal: decimal4('423.50', 'total'),
  })
  const read = put(
    't.orders',
    1,
    codec.encode('orders', { ...orderChanged(whole), source, occurredAt: at - 45_000, readAt: at }),
  )
  const sent = (connection: string, lines: readonly OrderLine[], total: string) => {
    const order = orderOf(lines, { ...more, grandTotal: decimal4(total, 'total') })
    const [, vendor] = connection.split('-')
    return put(
      `t.vendor-orders.${vendor}`,
      1,
      codec.encode('vendor-orders', { ...vendorOrder(connection, number, order), source }),
    )
  }
  const step = (stage: string, after: number, result: Told['result'], mapped: Told['mapped'] = null): Told => {
    const about = { source, key: number, connection: null, occurredAt: at - 45_000, readAt: at }
    return { stage, at: at + after, source: read, mapped, result: { ...about, eventId: number, ...result } }
  }
  const first = { connection: 'outdoor-nordwand' }
  const second = { connection: 'outdoor-trailworks' }
  const missing = { code: 'item_missing', message: 'the item TW-BOTTLE-750 is not in the ERP yet' }
  const toFirst = sent('outdoor-nordwand', nordwand, '373.20')
  const toSecond = sent('outdoor-trailworks', trailworks, '45.33')
  return [
    step('outdoor.orders.all', 0, { status: 'published' }),
    step('route-orders', 320, { ...first, status: 'processing' }, toFirst),
    step('route-orders', 321, { ...second, status: 'processing' }, toSecond),
    step('deliver-nordwand', DELIVERED_AFTER, { ...first, status: 'succeeded', targetId: '48213' }, toFirst),
    step('deliver-trailworks', 1_720, { ...second, status: 'waiting', ...missing }, toSecond),
  ]
}
