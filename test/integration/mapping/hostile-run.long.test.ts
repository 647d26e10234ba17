/*
 * Whoever may change a connection gives the program code. Every hostile expression and pattern we know of has a connection
 * of its own here, beside an honest one, on real servers and with all roles: the honest one gets what it is to get, the
 * others fail by themselves, and those that keep timing out are paused alone.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { AttributeRule, Configuration, Connection, ProductMetadata } from '../../../src/configuration/model.ts'
import { recordKey, type SourceEvent } from '../../../src/events/topics.ts'
import { dataType } from '../../../src/rules/event-fields.ts'
import { checkExpression } from '../../../src/rules/mapping/expression.ts'
import { unknownNames } from '../../../src/rules/mapping/unknown-names.ts'
import { metadataWith, ruleWith } from '../../data/configuration.ts'
import { hostileExpressions, hostileInput, hostilePatterns } from '../../data/hostile-rules.ts'
import { lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { readTopic } from '../../worlds/processes-groups.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const HONEST = 'magento-netsuite'
const PRODUCTS = ['WLD-1', 'WLD-2', 'WLD-3', 'WLD-4', 'WLD-5']
/** The first batch waits once for each connection that times out: a minute, or more on a machine that is busy. */
const STILL_MS = 400_000
const ORDERS = ['1', '2', '3', '4']

let installation: Installation
let roles: RunningRoles
beforeAll(async () => {
  installation = await install('hostile', inject('services'), { API_PORT: '0', LOG_LEVEL: 'silent' })
  await applyConfiguration(installation.platform.tables, hostile(installation.configuration))
  roles = await startRoles(installation.platform, ['processor', 'projector', 'api'], { schedules: false })
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
})

/** The configuration with a connection for each hostile rule; as rows of the tables, where nothing is refused any more. */
function hostile(configuration: Configuration): Configuration {
  const [honest] = configuration.connections
  if (honest === undefined) throw new Error('the demo has a connection')
  const connections: Connection[] = []
  const metadata: ProductMetadata[] = [metadataWith(HONEST, ruleWith('name', { expression: 'sku & "!"' }))]
  const add = (id: string, rule: AttributeRule, skuPattern: string) => {
    const orderMap = { ...honest.orderMap, fields: [rule] }
    connections.push({ ...honest, id, push: [], ownership: { skuPattern }, orderMap })
    metadata.push(metadataWith(id, rule))
  }
  for (const [index, { expression }] of hostileExpressions.entries()) {
    add(`expression-${index}`, ruleWith('a', { expression }), '^WLD-')
  }
  for (const [index, { pattern }] of hostilePatterns.entries()) {
    add(`pattern-${index}`, ruleWith('a', { from: 'name', schema: { pattern } }), pattern)
  }
  // Orders are of the honest one and of the patterns, whose SKUs differ.
  const ofProducts = connections.map((one) => (one.id.startsWith('e') ? { ...one, shop: 'none' } : one))
  return { ...configuration, connections: [...configuration.connections, ...ofProducts], metadata }
}

async function publish(entity: 'products' | 'orders', ...events: readonly SourceEvent[]): Promise<void> {
  const { codec, config, producer } = installation.platform
  const topic = `${config.topicPrefix}${entity}`
  await producer.send(
    events.map((event) => ({
      topic,
      key: recordKey(event.source, event.key),
      value: codec.encode(entity, event as never),
    })),
  )
}

async function api(path: string, body?: object) {
  const headers = { 'content-type': 'application/json' }
  const options = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
  const answer = await fetch(`${roles.api?.url}${path}`, options)
  return { status: answer.status, json: (await answer.json()) as Readonly<Record<string, unknown>> }
}

const list = async (path: string) => (await api(path)).json['items'] as readonly Readonly<Record<string, unknown>>[]

/** How long nothing else could be done in this process, which runs all roles; `busy`: of it, while its thread had work. */
async function longestSilence(work: () => Promise<void>): Promise<string> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  let [busy, last] = [0, process.threadCpuUsage()]
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    busy = Math.max(busy, user + system)
    last = process.threadCpuUsage()
  }, 5)
  await work()
  clearInterval(timer)
  delay.disable()
  return `the event loop was silent for at most ${Math.round(delay.max / 1e6)} ms, ${Math.round(busy / 1e3)} of them busy`
}

function isAccepted(expression: string): boolean {
  try {
    checkExpression(expression, 'string')
    return unknownNames(expression, dataType('products')).length === 0
  } catch {
    return false
  }
}

const productsOf = (skus: readonly string[], readAt: number) =>
  skus.map((sku) => productChanged({ ...hostileInput, price: 105_000_000n as never, sku }, { readAt }))

it('an honest connection gets its products and orders beside hostile ones, which fail and are paused alone', async () => {
  expect(hostileExpressions.length + hostilePatterns.length).toBeGreaterThan(60)
  const startedAt = performance.now()
  let arrived = 0
  const silence = await longestSilence(async () => {
    await publish('products', ...productsOf(PRODUCTS, 1_000))
    const traps = hostilePatterns.map(({ text }, index) => lineOf(String(index + 2), text.slice(0, 2_000)))
    const orders = ORDERS.map((orderNumber) =>
      orderChanged(orderOf([lineOf('1', 'WLD-1_'), ...traps], { orderNumber }), { key: orderNumber }),
    )
    await publish('orders', ...orders)
    await until(
      'the honest products',
      async () => {
        arrived = (await list(`/v1/feeds/products?connection=${HONEST}`)).length
        return arrived === PRODUCTS.length
      },
      { withinMs: STILL_MS, progress: () => arrived },
    )
    await until(
      'the honest orders',
      async () => {
        const records = await readTopic(installation.platform, 'vendor-orders.netsuite')
        const keys = records.map(({ key }) => key?.toString('utf8') ?? '').filter((key) => key.startsWith(HONEST))
        arrived = new Set(keys).size
        return arrived === ORDERS.length
      },
      { withinMs: STILL_MS, progress: () => arrived },
    )
  })
  const took = Math.round(performance.now() - startedAt)
  console.log(`hostile run: honest entities there after ${took} ms; ${silence}`)
  const rows = await list(`/v1/feeds/products?connection=${HONEST}`)
  expect(rows.map((row) => [row['sku'], row['data']]).toSorted()).toEqual(
    PRODUCTS.map((sku) => [sku, { name: `${sku}!` }]),
  )

  // What came of the last hostile ones is told a moment after the honest ones are there.
  const codes = async () => [...new Set((await list('/v1/pauses')).map(({ code }) => String(code)))].toSorted()
  await expect.poll(codes).toEqual(['configuration_invalid', 'mapping_failed'])
  await expect.poll(async () => (await list('/v1/dead-letters?limit=500')).length).toBeGreaterThan(0)
  const paused = (await list('/v1/pauses')).map(({ connection }) => connection)
  expect(paused).not.toContain(HONEST)
  const letters = await list('/v1/dead-letters?limit=500')
  expect(letters.filter(({ connection }) => connection === null || connection === HONEST)).toEqual([])
  // Two of the hostile patterns match the same trap: an order's line that both claim is neither's.
  expect(
    letters
      .map(({ code }) => code)
      .filter((code) => code !== 'line_claimed_twice')
      .every((code) => code === 'mapping_failed'),
  ).toBe(true)

  // With the worst of them paused, what follows is quick.
  const again = performance.now()
  const second = await longestSilence(async () => {
    await publish('products', ...productsOf(['WLD-9'], 2_000))
    await until('the next honest product', async () => {
      const { status } = await api(`/v1/feeds/products/items/WLD-9?connection=${HONEST}`)
      return status === 200 ? true : null
    })
  })
  console.log(`hostile run: the next one after ${Math.round(performance.now() - again)} ms; ${second}`)
})

it('previews have a budget of their own, and hold up nothing', async () => {
  // Those that `validate` lets through.
  const attributes = hostileExpressions.flatMap(({ expression }, index) =>
    isAccepted(expression) ? [{ attribute: `a${index}`, expression }] : [],
  )
  const parts = Array.from({ length: Math.ceil(attributes.length / 10) }, (_, part) =>
    attributes.slice(part * 10, part * 10 + 10),
  )
  let answered = 0
  const silence = await longestSilence(async () => {
    for (const ten of parts) {
      const { status } = await api(`/v1/connections/${HONEST}/metadata/preview`, { attributes: ten, last: 20 })
      expect(status).toBe(200)
      answered += 1
    }
  })
  console.log(`hostile run: ${answered} previews; ${silence}`)
})
