import { pino } from 'pino'
import { expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import type { ShopFulfilmentRequested, VendorOrderRequested } from '../../../../src/events/generated/events.ts'
import { recordKey } from '../../../../src/events/topics.ts'
import { expiresAfter, keptDays } from '../../../../src/platform/dynamodb/expiry.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { LONGEST_BODY, MOST_CALLS, noteCall } from '../../../../src/platform/recorded-calls.ts'
import { attemptsOfEvent, LONGEST_KEPT_BODY } from '../../../../src/processors/delivery/order-calls.ts'
import { recordedSink } from '../../../../src/processors/delivery/recorded-sink.ts'
import { sinkTables } from '../../../../src/processors/tables.ts'
import type { Sink } from '../../../../src/systems/kit/sink.ts'
import { fulfilmentLine, shopFulfilment } from '../../../data/magento2-events.ts'
import { connectionOf } from '../../../data/processor-events.ts'
import { memoryTables } from '../../../memory/tables.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

const call = (over: Partial<Parameters<typeof noteCall>[1]> = {}) => ({
  at: 5,
  method: 'PUT',
  address: 'erp.example/orders/1',
  request: '{"memo":"hello"}',
  answer: '{"id":"77"}',
  status: 200,
  ms: 12,
  error: null,
  ...over,
})
const before = { targetId: null, unclear: false }

const attemptsOf = (tables: Tables, number: string, event_id: string) =>
  attemptsOfEvent(tables, { order: recordKey('magento', number), event_id }, { after: '', to: '9' })

/** A sink whose every delivery makes these calls. */
function sinkOf(...calls: readonly ReturnType<typeof call>[]): Sink<'vendor-orders'> {
  return {
    kind: 'vendor-orders',
    naturalKey: true,
    async deliver(_event, _connection, signal) {
      for (const one of calls) noteCall(signal, one)
      return { outcome: 'written', targetId: '77' }
    },
  }
}

function recorded(sink: Sink<'vendor-orders'>, tables: Tables = memoryTables(sinkTables)) {
  const lines: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
  const own = recordedSink('deliver-erp', sink, { tables, clock: virtualClock(), logger })
  const connection = connectionOf('a', '^A')
  const deliver = (event: VendorOrderRequested = version('1', 1)) =>
    own.deliver(event, connection, new AbortController().signal, before)
  const attempts = (event = version('1', 1)) => attemptsOf(tables, event.key, event.eventId)
  return { deliver, attempts, lines, tables }
}

it('every attempt at an order is kept with its calls, those that failed too', async () => {
  const clock = virtualClock()
  const world = sinkWorld(clock)
  let attempt = 0
  const worker = world.worker({
    deliver: async (_event, write, signal) => {
      attempt += 1
      if (attempt === 1) {
        noteCall(signal, call({ status: 429, answer: '{"title":"busy"}', error: 'rate_limited' }))
        throw new StreamError('rate_limited', 'busy')
      }
      noteCall(signal, call())
      write()
    },
  })
  const event = version('1', 1)
  expect(await worker.handle(world.append(event))).toEqual(['1 succeeded'])
  const attempts = await attemptsOf(world.tables, '1', event.eventId)
  const own = { stage: 'deliver-netsuite', connection: 'a', left_out: 0 }
  expect(attempts).toMatchObject([
    { ...own, calls: [{ status: 429, answer: '{"title":"busy"}', error: 'rate_limited' }] },
    { ...own, calls: [{ at: '1970-01-01T00:00:00.005Z', method: 'PUT', request: '{"memo":"hello"}', status: 200 }] },
  ])
  const rows = (await Array.fromAsync(world.tables.scan('order_calls'))).flat()
  expect(rows).toMatchObject([{}, { expires: expiresAfter(clock.now(), keptDays.orderSteps) }])
})

it('what needed no call has no row', async () => {
  const { deliver, attempts, tables } = recorded(sinkOf())
  await deliver()
  expect(await attempts()).toEqual([])
  expect((await Array.fromAsync(tables.scan('order_calls'))).flat()).toEqual([])
})

it("a shop's calls are of the order that the fulfilment names, those for other entities are not kept", async () => {
  const tables = memoryTables(sinkTables)
  const deps = { tables, clock: virtualClock(), logger: pino({ level: 'silent' }) }
  const shop: Sink<'shop-fulfilments'> = {
    kind: 'shop-fulfilments',
    naturalKey: false,
    async deliver(_event, _connection, signal) {
      noteCall(signal, call())
      return { outcome: 'written', targetId: '1' }
    },
  }
  const event: ShopFulfilmentRequested = shopFulfilment('IF-1', '7', [fulfilmentLine('A-1', '1')])
  const connection = connectionOf('con', '^A', { shop: 'magento' })
  const signal = new AbortController().signal
  await recordedSink('deliver-magento:shop-fulfilments', shop, deps).deliver(event, connection, signal, before)
  expect(await attemptsOf(tables, '7', event.eventId)).toHaveLength(1)
  const stock: Sink<'shop-inventory'> = {
    kind: 'shop-inventory',
    naturalKey: true,
    deliver: async () => ({ outcome: 'unchanged', targetId: null }),
  }
  expect(recordedSink('deliver-magento:shop-inventory', stock, deps)).toBe(stock)
})

it('bodies are bounded each and together, and say so', async () => {
  const long = call({ request: `${'x'.repeat(LONGEST_KEPT_BODY - 1)}😀`, answer: 'é'.repeat(LONGEST_KEPT_BODY + 1) })
  const { deliver, attempts, tables } = recorded(sinkOf(...Array.from({ length: MOST_CALLS + 2 }, () => long)))
  await deliver()
  const [kept] = await attempts()
  expect(kept?.left_out).toBe(2)
  expect(kept?.calls).toHaveLength(MOST_CALLS)
  const last = kept?.calls.at(-1)
  expect(last).toMatchObject({ answer: 'é'.repeat(LONGEST_KEPT_BODY), cut: ['answer', 'request'] })
  expect(last?.request?.isWellFormed()).toBe(true)
  expect(kept?.calls[0]).toMatchObject({ request: null, answer: null, cut: ['answer', 'request'] })
  const [row] = (await Array.fromAsync(tables.scan('order_calls'))).flat()
  expect(JSON.stringify(row).length).toBeLessThan(400_000)
  const tooLong = recorded(sinkOf(call({ answer: 'x'.repeat(LONGEST_BODY + 1) })))
  await tooLong.deliver()
  expect((await tooLong.attempts())[0]?.calls).toMatchObject([{ answer: null, cut: ['answer'] }])
})

it('a table that fails, or does not answer, fails no delivery; it is warned of once', async () => {
  const tables = memoryTables(sinkTables)
  let put: Tables['put'] = async () => {
    throw new StreamError('table_unavailable', 'no')
  }
  const broken: Tables = { ...tables, put: (...args) => put(...args) }
  const { deliver, lines } = recorded(sinkOf(call()), broken)
  expect(await deliver()).toEqual({ outcome: 'written', targetId: '77' })
  put = () => new Promise(() => undefined)
  expect(await deliver()).toEqual({ outcome: 'written', targetId: '77' })
  expect(lines).toHaveLength(1)
  put = tables.put
  await deliver()
  put = () => new Promise(() => undefined)
  await deliver()
  expect(lines).toHaveLength(2)
})

it('the persons of the order are in nothing of it, nor those whom the system names', async () => {
  const person = version('1', 1)
  const answer = JSON.stringify({
    message: 'Zoë Łukasz of zoe@example.com has no account, ask ops@erp.example',
    customer: { id: 12, firstName: 'Ada', active: true, note: '' },
    items: [{ sku: 'A-1', name: 'Jacket', total: 10 }],
    cardName: 'Ada Test',
    billAddress: { country: { id: 'US' }, city: 'Berlin' },
  })
  const request = JSON.stringify({ comment: 'Shipped. [waldstream a/1]', shipTo: '1 Main St', total: 10 })
  const { deliver, attempts } = recorded(sinkOf(call({ request, answer, address: 'erp.example/c/zoe@example.com' })))
  await deliver(person)
  const [kept] = (await attempts())[0]?.calls ?? []
  expect(kept?.address).toBe('erp.example/c/[personal]')
  expect(JSON.parse(kept?.request ?? '')).toEqual({
    comment: 'Shipped. [waldstream a/1]',
    shipTo: '[personal]',
    total: 10,
  })
  expect(JSON.parse(kept?.answer ?? '')).toEqual({
    message: '[personal] [personal] of [personal] has no account, ask [personal]',
    customer: { id: '[personal]', firstName: '[personal]', active: true, note: '' },
    items: [{ sku: 'A-1', name: 'Jacket', total: 10 }],
    cardName: '[personal]',
    billAddress: { country: { id: 'US' }, city: '[personal]' },
  })
})
