import {
  address,
  custom,
  day,
  flag,
  links,
  moment,
  number,
  object,
  reference,
  type Schema,
  sublist,
  text,
} from './netsuite-wire-parts.ts'

const answeredLine = object(
  {
    ...{ links, line: number, lineUniqueKey: number, item: reference, itemType: reference, price: reference },
    ...{
      quantity: number,
      rate: number,
      amount: number,
      isClosed: flag,
      quantityFulfilled: number,
      location: reference,
    },
    ...{ class: reference, quantityBilled: number },
  },
  ['line', 'item', 'quantity', 'rate', 'amount', 'isClosed', 'quantityFulfilled'],
  custom('custcol'),
)

/** What NetSuite answers, by name; see `netsuiteWire`. */
export const netsuiteAnswers: Readonly<Record<string, Schema>> = {
  'query answered': object(
    {
      ...{
        links,
        count: { type: 'integer' },
        hasMore: flag,
        offset: { type: 'integer' },
        totalResults: { type: 'integer' },
      },
      items: {
        type: 'array',
        items: { type: 'object', properties: { links }, additionalProperties: { type: 'string' } },
      },
    },
    ['links', 'count', 'hasMore', 'items', 'offset', 'totalResults'],
  ),
  'order answered': object(
    {
      ...{
        links,
        id: text,
        tranId: text,
        externalId: text,
        entity: reference,
        currency: reference,
        exchangeRate: number,
      },
      ...{ tranDate: day, otherRefNum: text, memo: text, email: text, orderStatus: reference, status: reference },
      ...{ subtotal: number, total: number, taxTotal: number, discountTotal: number, shippingCost: number },
      ...{ shipMethod: reference, terms: reference, class: reference, department: reference, location: reference },
      ...{
        createdDate: moment,
        lastModifiedDate: moment,
        billingAddress: address({ links }),
        shippingAddress: address({ links }),
      },
      item: sublist(answeredLine),
    },
    ['id', 'externalId', 'status', 'lastModifiedDate', 'item', 'custbody_waldstream_digest'],
    custom('custbody'),
  ),
  'shipment answered': object(
    {
      ...{
        links,
        id: text,
        tranId: text,
        createdFrom: reference,
        entity: reference,
        tranDate: day,
        shipStatus: reference,
      },
      ...{ shipMethod: reference, memo: text, createdDate: moment, lastModifiedDate: moment },
      item: sublist(
        object(
          {
            line: number,
            orderLine: number,
            itemReceive: flag,
            item: reference,
            itemName: text,
            quantity: number,
            location: reference,
          },
          ['orderLine', 'item', 'quantity'],
        ),
      ),
      package: sublist(object({ packageTrackingNumber: text, packageWeight: number, packageDescr: text }, [])),
    },
    ['id', 'createdFrom', 'tranDate', 'shipStatus', 'item', 'package'],
  ),
  'error answered': object(
    {
      ...{ type: text, title: text, status: { type: 'integer' }, 'o:errorCode': text },
      'o:errorDetails': {
        type: 'array',
        minItems: 1,
        items: object(
          {
            detail: text,
            'o:errorCode': text,
            'o:errorPath': { type: 'string' },
            'o:errorQueryParam': text,
            'o:errorHeader': text,
          },
          ['detail', 'o:errorCode'],
        ),
      },
    },
    ['type', 'title', 'status', 'o:errorDetails'],
  ),
  'token answered': object({ access_token: text, expires_in: { type: ['string', 'number'] }, token_type: text }, [
    'access_token',
    'expires_in',
    'token_type',
  ]),
}
