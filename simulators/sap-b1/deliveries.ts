import { withTotals } from './amounts.ts'
import { type Company, touched } from './company.ts'
import { notFound, refused } from './problems.ts'
import { asList, checkProperties } from './properties.ts'
import { moveStock } from './stock.ts'
import type { Entity } from './store.ts'

const BASE_ORDER = 17

/** A delivery of order lines (BaseType 17), which reduces what is open in them. @throws SapProblem */
export function createDelivery(company: Company, body: Entity): Entity {
  const { store } = company
  checkProperties(store, 'Document', body)
  const lines = asList(body['DocumentLines']).map((line, index) => takeLine(company, line, index))
  const [first] = lines
  const order = first === undefined ? undefined : store.get('Orders', String(first['BaseEntry']))
  if (order === undefined) throw refused('A delivery here is made of lines of orders (BaseType 17)')
  const entry = store.nextNumber('DeliveryNotes')
  const { date, time } = company.now()
  const delivery = withTotals({
    DocEntry: entry,
    DocNum: entry + 4900,
    DocType: 'dDocument_Items',
    DocDate: date,
    DocDueDate: date,
    CardCode: order['CardCode'],
    CardName: order['CardName'],
    NumAtCard: order['NumAtCard'],
    Comments: null,
    DocCurrency: '$',
    DocRate: 1,
    DocumentStatus: 'bost_Open',
    Cancelled: 'tNO',
    CancelStatus: 'csNo',
    TransportationCode: order['TransportationCode'],
    TrackingNumber: null,
    DiscountPercent: 0,
    CreationDate: date,
    DocTime: time,
    AddressExtension: order['AddressExtension'],
    ...body,
    DocumentLines: lines,
  })
  const made = touched(company, delivery)
  store.put('DeliveryNotes', made)
  return made
}

/** Tracking number and shipping type of a delivery can be changed afterwards. @throws SapProblem */
export function changeDelivery(company: Company, delivery: Entity, body: Entity): void {
  checkProperties(company.store, 'Document', body)
  if (body['DocumentLines'] !== undefined) throw refused('Rows of a delivery can not be changed')
  company.store.put('DeliveryNotes', touched(company, { ...delivery, ...body }))
}

/** Cancels by a cancellation document; the orders' lines are open again. @throws SapProblem */
export function cancelDelivery(company: Company, entry: string): void {
  const { store } = company
  const delivery = store.get('DeliveryNotes', entry)
  if (delivery === undefined) throw notFound()
  if (delivery['Cancelled'] === 'tYES') throw refused('Document is canceled already')
  for (const line of asList(delivery['DocumentLines'])) take(company, line, -Number(line['Quantity']))
  const canceled = { ...delivery, Cancelled: 'tYES', CancelStatus: 'csYes', DocumentStatus: 'bost_Close' }
  store.put('DeliveryNotes', touched(company, canceled))
  const number = store.nextNumber('DeliveryNotes')
  const reversal = { ...canceled, DocEntry: number, DocNum: number + 4900, CancelStatus: 'csCancellation' }
  store.put('DeliveryNotes', touched(company, reversal))
}

function takeLine(company: Company, line: Entity, lineNum: number): Entity {
  checkProperties(company.store, 'DocumentLine', line)
  const base = line['BaseType'] === BASE_ORDER ? baseLine(company, line) : undefined
  if (base === undefined) throw notFound()
  if (orderOf(company, line)?.['Confirmed'] === 'tNO') throw refused('The base document is not approved')
  const quantity = Number(line['Quantity'] ?? base['RemainingOpenQuantity'])
  if (base['LineStatus'] !== 'bost_Open' || quantity > Number(base['RemainingOpenQuantity'])) {
    throw refused('Quantity is more than what is open in the base document')
  }
  const copied = { ...base, ...line, Quantity: quantity, LineNum: lineNum }
  take(company, copied, quantity)
  return copied
}

const orderOf = ({ store }: Company, line: Entity) => store.get('Orders', String(line['BaseEntry']))

function baseLine(company: Company, line: Entity): Entity | undefined {
  return asList(orderOf(company, line)?.['DocumentLines']).find(({ LineNum }) => LineNum === line['BaseLine'])
}

/** Takes a quantity from what is open in the order's line, and from the stock; a negative one returns it. */
function take(company: Company, line: Entity, quantity: number): void {
  const { store } = company
  const order = orderOf(company, line)
  if (order === undefined) return
  const lines = asList(order['DocumentLines']).map((one) => {
    if (one['LineNum'] !== line['BaseLine']) return one
    const open = Number(one['RemainingOpenQuantity']) - quantity
    return { ...one, RemainingOpenQuantity: open, LineStatus: open > 0 ? 'bost_Open' : 'bost_Close' }
  })
  const isOpen = lines.some((one) => one['LineStatus'] === 'bost_Open')
  const changed = { ...order, DocumentLines: lines, DocumentStatus: isOpen ? 'bost_Open' : 'bost_Close' }
  store.put('Orders', touched(company, changed))
  moveStock(store, String(line['ItemCode']), String(line['WarehouseCode']), {
    inStock: -quantity,
    committed: -quantity,
  })
}
