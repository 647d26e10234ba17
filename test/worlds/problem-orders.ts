import { decimal4 } from '../../src/events/decimal.ts'
import { madeFromHeader } from '../../src/events/headers.ts'
import type { OperationDeps } from '../../src/operations/dependencies.ts'
import type { LogRecord } from '../../src/platform/kafka/event-log.ts'
import { placeText } from '../../src/platform/kafka/record-reader.ts'
import { deadLettered } from '../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf, productChanged, vendorOrder } from '../data/processor-events.ts'
import { memoryCodec } from '../memory/codec.ts'
import { twoSellers } from './two-sellers.ts'

/** Topics of which records are read by their places. */
export function readableTopics() {
  const codec = memoryCodec()
  const records = new Map<string, LogRecord>()
  const staged: OperationDeps['staged'] = {
    codec,
    topicPrefix: 't.',
    reader: { read: async (places) => places.map((place) => records.get(placeText(place)) ?? null) },
  }
  const admin: OperationDeps['admin'] = {
    createTopics: async () => [],
    committed: async () => new Map(),
    close: async () => undefined,
    async ends(topic) {
      const offsets = [...records.values()].filter((record) => record.topic === topic).map(({ offset }) => offset)
      const end = offsets.reduce((last, offset) => (offset >= last ? offset + 1n : last), 0n)
      return [{ partition: 0, start: 0n, end }]
    },
  }
  return {
    codec,
    staged,
    /** Of topics of one partition. */
    admin,
    /** What is read at this offset of the first partition. */
    put(
      topic: string,
      offset: number,
      value: Buffer,
      at: { readonly key: string; readonly time: number } | null = null,
    ) {
      const key = at === null ? null : Buffer.from(at.key)
      const place = { topic, partition: 0, offset: BigInt(offset) }
      const record = { ...place, timestamp: at?.time ?? 1, key, value, headers: [] }
      records.set(placeText({ topic, partition: 0, offset }), record)
      return { topic, partition: 0, offset, bytes: value.length }
    },
  }
}

/** Products without a name, which the connection's mapping requires: `m1`, `m2`. */
async function failedProducts(api: Awaited<ReturnType<typeof twoSellers>>) {
  const attributes = [
    { attribute: 'name', from: 'name', required: true },
    { attribute: 'price', from: 'price' },
  ]
  const { status } = await api.put('/v1/connections/alder/metadata', { attributes })
  if (status !== 201) throw new Error(`the mapping was answered ${status}`)
  const letters = ['1', '2'].map((index) => {
    const sku = `A-${index}`
    return deadLettered({
      deadLetterId: `m${index}`,
      stage: 'map-products',
      connection: 'alder',
      key: sku,
      topic: 't.products',
      originalKey: Buffer.from(`erp|${sku}`),
      originalValue: api.letters.codec.encode('products', productChanged({ sku, name: null })),
      headers: [],
      code: 'mapping_failed',
      message: 'attribute name (from name) is required and has no value',
      field: 'name',
      taskId: null,
    })
  })
  await api.letters.project(...letters)
}

/**
 * Two sellers, and three orders of one of them that the vendor's ERP refuses for the same field: `p1`, `p2`, `p3`; and its
 * products that are not mapped.
 */
export async function problemOrders(over: Parameters<typeof twoSellers>[1] = {}) {
  const topics = readableTopics()
  const api = await twoSellers(['alder', 'birch'], { topicPrefix: 't.', staged: topics.staged, ...over })
  const letterOf = (id: string, index: number) => {
    const number = `100${index}`
    const lines = [lineOf('17', `A-${index}`), lineOf('18', 'A-9')]
    const order = orderOf(lines, { orderNumber: number, grandTotal: decimal4(`${index}000.25`, 'total') })
    const read = topics.put(
      't.orders',
      index,
      topics.codec.encode('orders', { ...orderChanged(order), source: 'shop-alder' }),
    )
    const headers = Object.entries(madeFromHeader(read)).map(([key, value]) => ({ key, value: Buffer.from(value) }))
    return deadLettered({
      deadLetterId: id,
      connection: 'alder',
      key: number,
      originalValue: topics.codec.encode('vendor-orders', {
        ...vendorOrder('alder', number, order),
        source: 'shop-alder',
      }),
      originalKey: Buffer.from(`alder|${number}`),
      headers,
      message: `NetSuite answered INVALID_CONTENT: Invalid value A-${index} for the field item`,
      field: 'lines[0].sku',
      code: 'target_conflict',
      firstAt: Date.UTC(2026, 0, 31, 7, index),
      lastAt: Date.UTC(2026, 0, 31, 7, index),
      taskId: null,
    })
  }
  const letters = new Map(['p1', 'p2', 'p3'].map((id, index) => [id, letterOf(id, index + 1)]))
  await api.letters.project(...letters.values())
  await failedProducts(api)
  const letter = (id: string) => {
    const found = letters.get(id)
    if (found === undefined) throw new Error(`there is no ${id}`)
    return found
  }
  return {
    ...api,
    topics,
    /** What the stage makes of a retry: it is handled, or fails again. */
    async conclude(id: string, retry: number, end: 'resolved' | 'failed') {
      const change = end === 'resolved' ? ({ kind: 'resolved', by: null, reason: null } as const) : null
      await api.letters.project({ ...letter(id), retry, change })
    },
  }
}
