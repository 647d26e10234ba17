import { decimal4 } from '../../src/events/decimal.ts'
import { madeFromHeader, readRetryMark } from '../../src/events/headers.ts'
import { deadLettered } from '../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf, vendorOrder } from '../data/processor-events.ts'
import { readableTopics } from './problem-orders.ts'
import { twoSellers } from './two-sellers.ts'

/** Of the orders' version. */
export const READ_AT = Date.UTC(2026, 0, 31, 7)
/** The order map that was meant: `G-1` where the first had `X`. */
export const rightMap = [{ attribute: 'custbody_ship', from: 'shippingMethod', lookup: { ground: 'G-1' } }]

/** A shop's order as it was read. */
export const placed = (orderNumber: string, more: Parameters<typeof orderOf>[1] = {}) =>
  orderChanged(
    orderOf([lineOf('1', 'A-1')], {
      orderNumber,
      shippingMethod: 'ground',
      grandTotal: decimal4('10', 'total'),
      ...more,
    }),
    {
      source: 'shop-alder',
      readAt: READ_AT,
    },
  )

/** Orders `1` and `2` that the vendor's ERP refused as the first map had made them: `r1`, `r2`. */
export async function refusedOrders(over: Parameters<typeof twoSellers>[1] = {}) {
  const topics = readableTopics()
  const api = await twoSellers(['alder'], { staged: topics.staged, topicPrefix: 't.', ...over })
  const { codec } = api.letters
  const letterOf = (number: string, { source = placed(number), isKept = true } = {}) => {
    const value = codec.encode('orders', source)
    const place = { topic: 't.orders', partition: 0, offset: Number(number), bytes: value.length }
    if (isKept) topics.put('t.orders', Number(number), value)
    const mapped = { ...vendorOrder('alder', number, source.data), source: 'shop-alder', readAt: READ_AT }
    return deadLettered({
      deadLetterId: `r${number}`,
      connection: 'alder',
      key: number,
      originalKey: Buffer.from(`alder|${number}`),
      originalValue: codec.encode('vendor-orders', { ...mapped, fields: { custbody_ship: '"X"' } }),
      headers: Object.entries(madeFromHeader(place)).map(([key, header]) => ({ key, value: Buffer.from(header) })),
      taskId: null,
    })
  }
  await api.letters.project(letterOf('1'), letterOf('2'))
  const mapBy = async (fields: readonly object[], token?: string) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    const { json } = await api.get('/v1/connections/alder', headers)
    const { document, revision } = json
    const answer = await api.send(
      'PUT',
      '/v1/connections/alder',
      { ...document, orderMap: { fields } },
      { 'if-match': `"${revision}"`, ...headers },
    )
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.json))
  }
  const remap = (id: string, more: object = {}) =>
    api.post(`/v1/dead-letters/${id}/retry`, { by: 'ann', remap: true, ...more })
  const sent = async () =>
    await Promise.all(
      api.letters.retried().map(async ({ topic, key, value, headers = {} }) => ({
        topic,
        key,
        event: await codec.decode('vendor-orders', value),
        mark: readRetryMark(
          Object.entries(headers).map(([name, one]) => ({ key: name, value: Buffer.from(String([one].flat()[0])) })),
        ),
      })),
    )
  return { ...api, letterOf, mapBy, remap, sent, topics }
}
