import type { AttributeRule, Connection } from '../src/configuration/model.ts'
import { decimal8 } from '../src/events/decimal.ts'
import type { OrderChanged, ProductChanged } from '../src/events/generated/events.ts'
import { mapOrderFields } from '../src/rules/map-order.ts'
import { mapProduct } from '../src/rules/map-product.ts'
import { closeExpressionThreads, createEvaluate, type Evaluate } from '../src/rules/mapping/evaluate.ts'
import { configuration } from './data/configuration.ts'
import { orders } from './data/orders.ts'
import { seeded } from './data/seeded.ts'
import { median } from './median.ts'

/** Microseconds for each event: wall clock, CPU of all threads, CPU of the thread that everything else runs in. */
interface Cost {
  readonly wall: number
  readonly all: number
  readonly main: number
}

const AT_ONCE = 1_000

const rule = (attribute: string, source: Partial<AttributeRule>): AttributeRule => ({
  attribute,
  from: null,
  constant: null,
  expression: null,
  default: null,
  required: false,
  type: 'string',
  lookup: null,
  schema: null,
  ...source,
})

const paths = [rule('a', { from: 'sku' }), rule('b', { from: 'price' }), rule('c', { from: 'attributes.color' })]
const productExpressions = [
  rule('a', { expression: '$uppercase(sku) & "-" & attributes.color' }),
  rule('b', { expression: '$round($multiply(price, "1.19"), 2)' }),
  rule('c', { expression: 'priceLevels[quantity = "10"].price' }),
]
const orderPaths = [
  rule('a', { from: 'orderNumber' }),
  rule('b', { from: 'shipping' }),
  rule('c', { from: 'billingAddress.city' }),
]
const orderExpressions = [
  rule('a', { expression: '"WEB-" & orderNumber' }),
  rule('b', { expression: '$total(lines.rowTotal)' }),
  rule('c', { expression: '$join(lines[$compare(quantityOrdered, "1") > 0].sku, ",")' }),
]

/** What expressions cost beside rules with paths, in this process alone; no servers are needed. */
export async function measureExpressions(count: number, rounds: number): Promise<string> {
  const [products, shopOrders] = [Array.from({ length: count }, product), [...orders({ seed: 42, count })]]
  const ofProducts = (rules: readonly AttributeRule[]) => (event: ProductChanged, evaluate: Evaluate) =>
    mapProduct(event, { connection: 'a', attributes: rules, destination: null }, 'a', evaluate)
  const ofOrders = (fields: readonly AttributeRule[]) => {
    const [first] = configuration.connections
    const connection = { ...first, orderMap: { shipMethods: {}, location: null, fields } } as Connection
    return ({ data }: OrderChanged, evaluate: Evaluate) => mapOrderFields(connection, data, evaluate)
  }
  const costs = {
    'product, 3 paths': () => cost(products, ofProducts(paths)),
    'product, 3 expressions': () => cost(products, ofProducts(productExpressions)),
    'order, 3 paths': () => cost(shopOrders, ofOrders(orderPaths)),
    'order, 3 expressions': () => cost(shopOrders, ofOrders(orderExpressions)),
  }
  const lines = ['rules                    µs/event  CPU µs  main thread µs']
  for (const [name, measure] of Object.entries(costs)) {
    const measured: Cost[] = []
    for (let round = 0; round <= rounds; round += 1) measured.push(await measure())
    // The first one warms up.
    const of = (part: keyof Cost) => median(measured.slice(1).map((one) => one[part])).toFixed(1)
    lines.push(`${name.padEnd(24)} ${of('wall').padStart(8)}${of('all').padStart(8)}${of('main').padStart(16)}`)
  }
  await closeExpressionThreads()
  return lines.join('\n')
}

async function cost<E>(events: readonly E[], map: (event: E, evaluate: Evaluate) => unknown): Promise<Cost> {
  const [wall, all, main] = [performance.now(), process.cpuUsage(), process.threadCpuUsage()]
  for (let from = 0; from < events.length; from += AT_ONCE) {
    const evaluate = createEvaluate()
    await Promise.all(events.slice(from, from + AT_ONCE).map((event) => map(event, evaluate)))
  }
  const [used, own] = [process.cpuUsage(all), process.threadCpuUsage(main)]
  return {
    wall: ((performance.now() - wall) * 1_000) / events.length,
    all: (used.user + used.system) / events.length,
    main: (own.user + own.system) / events.length,
  }
}

/** A product of about 1 kB. */
function product(_: unknown, index: number): ProductChanged {
  const random = seeded(index)
  const id = `product-${index}`
  return {
    eventId: id,
    contentDigest: id,
    source: 'netsuite',
    key: `VND-${index}`,
    taskId: null,
    occurredAt: null,
    readAt: index,
    deleted: false,
    raw: null,
    data: {
      sku: `VND-${index}`,
      name: 'Insulated Trail Jacket',
      productType: 'simple',
      active: true,
      parentSku: null,
      barcode: String(1_000_000 + index),
      manufacturer: 'Acme',
      price: decimal8((1 + random.below(10_000) / 100).toFixed(2), 'price'),
      currency: 'USD',
      priceLevels: [1, 10, 100].map((quantity) => ({
        level: 'base',
        quantity: decimal8(String(quantity), 'quantity'),
        price: decimal8('9.5', 'price'),
      })),
      weight: decimal8('1.25', 'weight'),
      weightUnit: 'lb',
      attributes: {
        color: '"blue"',
        size: '"M"',
        pack: '12',
        tags: '["outdoor","sale"]',
        description: JSON.stringify('A jacket for every day, in many colors and sizes. '.repeat(6)),
      },
    },
  }
}
