import { withTotals } from './amounts.ts'
import { type Company, touched } from './company.ts'
import { checkLengths } from './lengths.ts'
import { noSuchReference, notFound, refused } from './problems.ts'
import { asList, asObject, checkProperties } from './properties.ts'
import { commitLines } from './stock.ts'
import { type Entity, stateKey } from './store.ts'

/** A new order, made like in SAP: NumAtCard need not be unique. @throws SapProblem */
export function createOrder(company: Company, body: Entity): Entity {
  checkDocument(company, body)
  const { store } = company
  const partner = store.get('BusinessPartners', String(body['CardCode'] ?? ''))
  if (partner === undefined || partner['CardType'] !== 'cCustomer') throw noSuchReference()
  if (partner['Frozen'] === 'tYES') throw refused(`Business partner '${partner['CardCode']}' is inactive`)
  if (body['DocDueDate'] === undefined) throw refused('Enter a delivery date  [ORDR.DocDueDate]')
  const entry = store.nextNumber('Orders')
  const { date, time } = company.now()
  const order = withTotals({
    DocEntry: entry,
    DocNum: entry + 1900,
    DocType: 'dDocument_Items',
    DocDate: date,
    TaxDate: date,
    CardName: partner['CardName'],
    NumAtCard: null,
    Comments: null,
    DocCurrency: '$',
    DocRate: 1,
    DocumentStatus: 'bost_Open',
    Cancelled: 'tNO',
    CancelStatus: 'csNo',
    Confirmed: 'tYES',
    TransportationCode: -1,
    TrackingNumber: null,
    CreationDate: date,
    DocTime: time,
    // The partner's discount applies unless the document says otherwise.
    DiscountPercent: partner['DiscountPercent'] ?? 0,
    ...body,
    DocumentLines: asList(body['DocumentLines']).map((line, index) =>
      newLine(company, line, index, Number(partner['PriceListNum'] ?? 1)),
    ),
  })
  const made = touched(company, order)
  commitLines(store, made, 1)
  store.put('Orders', made)
  return made
}

/** Merges lists by LineNum, or replaces them as a whole; partly delivered lines stay. @throws SapProblem */
export function changeOrder(company: Company, order: Entity, body: Entity, replaceLists: boolean): void {
  checkDocument(company, body, true)
  assertOpen(order)
  if (body['CardCode'] !== undefined && body['CardCode'] !== order['CardCode']) {
    throw refused('Business partner can not be changed  [ORDR.CardCode]')
  }
  const priceList = Number(company.store.get('BusinessPartners', String(order['CardCode']))?.['PriceListNum'] ?? 1)
  const before = asList(order['DocumentLines'])
  const sent = body['DocumentLines'] === undefined ? undefined : asList(body['DocumentLines'])
  const lines = sent === undefined ? before : mergeLines(company, before, sent, { replace: replaceLists, priceList })
  // Fields of a changed address that are not sent stay.
  const address = {
    AddressExtension: { ...asObject(order['AddressExtension']), ...asObject(body['AddressExtension']) },
  }
  const changed = touched(company, withTotals({ ...order, ...body, ...address, DocumentLines: lines }))
  commitLines(company.store, order, -1)
  commitLines(company.store, changed, 1)
  company.store.put('Orders', changed)
}

/** Ends the order: `Cancel` only if nothing is delivered. @throws SapProblem */
export function endOrder(company: Company, entry: string, action: 'Cancel' | 'Close'): void {
  const order = company.store.get('Orders', entry)
  if (order === undefined) throw notFound()
  assertOpen(order)
  const lines = asList(order['DocumentLines'])
  const begun = lines.some((line) => line['RemainingOpenQuantity'] !== line['Quantity'])
  if (action === 'Cancel' && begun) throw refused('Document cannot be canceled; it is linked to a target document')
  commitLines(company.store, order, -1)
  const { date } = company.now()
  const canceled = action === 'Cancel' ? { Cancelled: 'tYES', CancelStatus: 'csYes', CancelDate: date } : {}
  const closed = lines.map((line) => ({ ...line, LineStatus: 'bost_Close' }))
  const ended = { ...order, ...canceled, DocumentStatus: 'bost_Close', DocumentLines: closed }
  company.store.put('Orders', touched(company, ended))
}

/**
 * Closes lines by number, and the order with its last one; a fully delivered line is closed already. @throws SapProblem
 */
export function closeLines(company: Company, entry: string, numbers: ReadonlySet<number>): void {
  const order = company.store.get('Orders', entry)
  if (order === undefined) throw notFound()
  assertOpen(order)
  commitLines(company.store, order, -1)
  const lines = asList(order['DocumentLines']).map((line) =>
    numbers.has(Number(line['LineNum'])) ? { ...line, LineStatus: 'bost_Close' } : line,
  )
  const isOpen = lines.some((line) => line['LineStatus'] === 'bost_Open')
  const DocumentStatus = isOpen ? 'bost_Open' : 'bost_Close'
  const closed = touched(company, { ...order, DocumentLines: lines, DocumentStatus })
  commitLines(company.store, closed, 1)
  company.store.put('Orders', closed)
}

function assertOpen(order: Entity): void {
  if (order['DocumentStatus'] !== 'bost_Open') throw refused('Document is closed; it can not be changed')
}

function checkDocument(company: Company, body: Entity, isChange = false): void {
  const { store } = company
  const check = (type: string, entity: Entity): void => {
    checkProperties(store, type, entity)
    checkLengths(type, entity)
  }
  check('Document', body)
  const addresses = asObject(body['AddressExtension'])
  check('AddressExtension', addresses)
  for (const side of ['ShipTo', 'BillTo']) checkState(company, addresses[`${side}Country`], addresses[`${side}State`])
  const lines = asList(body['DocumentLines'])
  for (const line of lines) check('DocumentLine', line)
  for (const expense of asList(body['DocumentAdditionalExpenses'])) {
    checkProperties(store, 'DocumentAdditionalExpense', expense)
  }
  if (!isChange && lines.length === 0) throw refused('Document has no lines  [RDR1.LineNum]')
  const method = body['TransportationCode']
  if (method !== undefined && method !== -1 && store.get('ShippingTypes', Number(method)) === undefined) {
    throw noSuchReference()
  }
}

/** A state must be in the company's list of the country (OCST). */
function checkState({ store }: Company, country: unknown, state: unknown): void {
  if (state === undefined || state === null || state === '') return
  if (store.get('States', stateKey(String(country), String(state))) === undefined) throw noSuchReference()
}

/** A line without a price gets that of the customer's price list. */
function newLine(company: Company, line: Entity, lineNum: number, priceList = 1): Entity {
  const item = company.store.get('Items', String(line['ItemCode'] ?? ''))
  if (item === undefined) throw noSuchReference()
  if (item['Frozen'] === 'tYES') throw refused(`Item '${item['ItemCode']}' is inactive  [RDR1.ItemCode]`)
  if (!(Number(line['Quantity']) > 0)) throw refused('Quantity must be greater than zero  [RDR1.Quantity]')
  const warehouse = String(line['WarehouseCode'] ?? item['DefaultWarehouse'])
  if (company.store.get('Warehouses', warehouse) === undefined) throw noSuchReference()
  const listPrice = asList(item['ItemPrices']).find((price) => price['PriceList'] === priceList)?.['Price'] ?? 0
  return {
    ItemDescription: item['ItemName'],
    UnitPrice: listPrice,
    Currency: '$',
    TaxCode: null,
    TreeType: 'iNotATree',
    BaseType: -1,
    BaseEntry: null,
    BaseLine: null,
    LineStatus: 'bost_Open',
    ...Object.fromEntries(company.store.userFields('DocumentLine').map((name) => [name, null])),
    ...line,
    WarehouseCode: warehouse,
    RemainingOpenQuantity: line['Quantity'],
    LineNum: lineNum,
  }
}

function mergeLines(
  company: Company,
  before: Entity[],
  sent: Entity[],
  { replace, priceList }: { replace: boolean; priceList: number },
): Entity[] {
  let next = Math.max(-1, ...before.map((line) => Number(line['LineNum']))) + 1
  const bySent = new Map(sent.map((line) => [line['LineNum'], line]))
  for (const line of before) {
    const isBegun = line['RemainingOpenQuantity'] !== line['Quantity']
    const isTouched = bySent.has(line['LineNum']) || replace
    if (isBegun && isTouched) throw refused('Row is linked to a target document; it can not be changed')
    if (line['LineStatus'] === 'bost_Close' && isTouched) throw refused('Row is closed; it can not be changed')
  }
  const changed = sent.map((line) => {
    const known = before.find((one) => one['LineNum'] === line['LineNum'])
    if (known !== undefined) return newLine(company, { ...known, ...line }, Number(known['LineNum']))
    next += 1
    return newLine(company, line, next - 1, priceList)
  })
  const kept = replace ? [] : before.filter((line) => !bySent.has(line['LineNum']))
  return [...kept, ...changed].sort((a, b) => Number(a['LineNum']) - Number(b['LineNum']))
}
