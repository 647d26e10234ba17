import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import type { RecordedCall } from '../../../src/platform/recorded-calls.ts'
import { putOrderCalls } from '../../../src/processors/delivery/order-calls.ts'

const HOST = 'nw4711.suitetalk.api.netsuite.com/services/rest/record/v1'

const sent = {
  externalId: 'outdoor-nordwand:100004217',
  entity: { externalId: '[personal]' },
  otherRefNum: '100004217',
  currency: { refName: 'EUR' },
  item: {
    items: [
      { item: { refName: 'NW-JACKET-ALPINE-M' }, quantity: 1, rate: 189.0, custcol_waldstream_line: '1' },
      { item: { refName: 'NW-PANTS-RIDGE-L' }, quantity: 2, rate: 89.5, custcol_waldstream_line: '2' },
    ],
  },
}

/** The calls of the delivery that made the first vendor's part of the sample's order; it ended at `endedAt`. */
export async function addCalls(
  tables: Tables,
  order: { readonly source: string; readonly number: string },
  endedAt: number,
) {
  const call = (
    before: number,
    ms: number,
    more: Pick<RecordedCall, 'method' | 'address'> & Partial<RecordedCall>,
  ) => ({
    at: endedAt - before,
    ms,
    request: null,
    answer: null,
    status: 204,
    error: null,
    cut: [],
    ...more,
  })
  const address = `${HOST}/salesOrder/eid:outdoor-nordwand:100004217`
  const booked = {
    id: '48213',
    tranId: 'SO48213',
    orderStatus: { id: 'B', refName: 'Pending Fulfillment' },
    total: 373.2,
  }
  const calls: readonly RecordedCall[] = [
    call(1_050, 310, { method: 'PUT', address: `${HOST}/customer/eid:[personal]`, request: '{"email":"[personal]"}' }),
    call(720, 480, { method: 'PUT', address, request: JSON.stringify(sent) }),
    call(220, 190, { method: 'GET', address, status: 200, answer: JSON.stringify(booked) }),
  ]
  const of = { ...order, eventId: order.number, stage: 'deliver-nordwand', connection: 'outdoor-nordwand' }
  await putOrderCalls(tables, { ...of, at: endedAt - 1_100 }, { calls, leftOut: 0 })
}
