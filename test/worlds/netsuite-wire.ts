import { netsuiteAnswers } from './netsuite-wire-answers.ts'
import { address, custom, day, flag, number, object, type Schema, sent, text } from './netsuite-wire-parts.ts'

const sentLine = object(
  {
    line: number,
    item: sent,
    quantity: number,
    rate: number,
    amount: number,
    price: sent,
    class: sent,
    location: sent,
    isClosed: flag,
  },
  ['item', 'quantity', 'rate', 'amount', 'custcol_waldstream_line'],
  custom('custcol'),
)

const orderFields = {
  entity: sent,
  currency: sent,
  orderStatus: sent,
  tranDate: day,
  otherRefNum: text,
  email: text,
  memo: text,
  shippingCost: number,
  shipMethod: sent,
  location: sent,
  discountItem: sent,
  discountRate: number,
  taxTotal: number,
  terms: sent,
  class: sent,
  department: sent,
  billingAddress: address(),
  shippingAddress: address(),
}

/**
 * What goes over the wire to and from NetSuite, as far as Waldstream uses it: names and types as Oracle documents them
 * (there is no public specification to be read by a machine), and what must be there for Waldstream to be right. Nothing
 * else may be sent; an answer may hold more than is listed as required, but nothing of another type.
 */
export const netsuiteWire: Readonly<Record<string, Schema>> = {
  /** `PUT /record/v1/salesOrder/eid:…` */
  'order sent': object(
    { ...orderFields, item: object({ items: { type: 'array', minItems: 1, items: sentLine } }, ['items']) },
    ['entity', 'tranDate', 'otherRefNum', 'shippingCost', 'taxTotal', 'item', 'custbody_waldstream_digest'],
    custom('custbody'),
  ),
  /** The same for an order that the shop canceled. */
  'closed order sent': object(
    {
      orderStatus: sent,
      item: object(
        {
          items: {
            type: 'array',
            minItems: 1,
            items: {
              ...sentLine,
              properties: { ...(sentLine['properties'] as Schema), isClosed: { const: true } },
              required: ['line', 'item', 'quantity', 'isClosed'],
            },
          },
        },
        ['items'],
      ),
    },
    ['item', 'custbody_waldstream_digest'],
    custom('custbody'),
  ),
  /** `PUT /record/v1/customer/eid:…` */
  'customer sent': object(
    {
      isPerson: flag,
      firstName: text,
      lastName: text,
      email: text,
      phone: text,
      subsidiary: sent,
      currencyList: object({ items: { type: 'array', items: object({ currency: sent }, ['currency']) } }, ['items']),
    },
    ['isPerson', 'firstName', 'lastName', 'email'],
  ),
  /** `POST /query/v1/suiteql` */
  'query sent': object(
    { q: { type: 'string', pattern: '^SELECT ' }, params: { type: 'array', items: { type: ['string', 'number'] } } },
    ['q'],
  ),
  ...netsuiteAnswers,
}
