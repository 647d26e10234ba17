import { type Account, isoTime, present, recordUrl, selfLink, type Wire } from './account.ts'
import { createAddressReader } from './address-fields.ts'
import { type Commitments, createCommitments, type LineCommitment } from './commitments.ts'
import { lineAmount, sum } from './decimal.ts'
import { type Reference, readFields } from './fields.ts'
import { createLocationCheck } from './location-check.ts'
import { invalidContent, userError } from './problems.ts'
import { externalIdOf, type ReadOptions, type RecordType, type Saved, type SaveRequest } from './record-type.ts'
import type { AccountRules } from './rules.ts'
import { salesOrderSpec } from './sales-order-fields.ts'
import { createLineMerge, createLineStore, type LineStore, type OrderLine } from './sales-order-lines.ts'
import { currencies, discountItems } from './schema.ts'
import { orderStatus, statusNames } from './status-names.ts'

export function salesOrderType(account: Account): RecordType {
  const { database } = account
  const lineStore = createLineStore(account)
  const commitments = createCommitments(account)
  const find = database.prepare('SELECT * FROM sim_sales_order WHERE id = ?')
  const customerName = database.prepare('SELECT entityid FROM sim_customer WHERE id = ?')
  return {
    name: 'salesOrder',
    table: 'sim_sales_order',
    filters: { externalId: 'external_id', tranId: 'tranid', otherRefNum: "document ->> '$.otherRefNum'" },
    read: (id, options) => {
      const row = find.get(id)
      if (row === undefined) return undefined
      const name = customerName.get(Number(row['entity_id']))?.['entityid']
      const lines = lineStore.list(id).map((line) => ({ ...line, ...commitments.ofLine(line) }))
      return salesOrderWire(row, lines, name, options)
    },
    save: createSave(account, lineStore, commitments),
  }
}

function createSave(account: Account, lineStore: LineStore, commitments: Commitments): (request: SaveRequest) => Saved {
  const { database, clock, time, rules } = account
  const mergeLines = createLineMerge(account)
  const findEntity = createEntityLookUp(account)
  const readAddresses = createAddressReader(account)
  const refuseCurrency = createCurrencyCheck(account)
  const refuseLocation = createLocationCheck(account)
  const find = database.prepare('SELECT * FROM sim_sales_order WHERE id = ?')
  const insert = database.prepare(`INSERT INTO sim_sales_order (external_id, tranid, entity_id, status, total, subtotal,
    document, created_at, modified_at) VALUES (?, '', 0, 'B', 0, 0, '{}', ?, ?)`)
  const update = database.prepare(`UPDATE sim_sales_order SET external_id = ?, tranid = ?, entity_id = ?, status = ?,
    total = ?, subtotal = ?, document = ?, modified_at = ? WHERE id = ?`)
  return ({ id, externalId, body, replace }) => {
    const row = id === undefined ? undefined : find.get(id)
    const { values, unknown } = readFields(body, {
      ...salesOrderSpec,
      missing: rules.missing,
      computed: computedBy(rules),
    })
    const read = readAddresses(values, ['billingAddress', 'shippingAddress'])
    const { entity, item, tranId, externalId: sentExternalId, ...rest } = { ...values, ...read.addresses }
    const entityId = findEntity(entity, row?.['entity_id'])
    const before = row === undefined ? [] : lineStore.list(Number(row['id']))
    refuseLocked(row, before, item, replace)
    const known = JSON.parse(String(row?.['document'] ?? '{}')) as Wire
    const sentCurrency = (rest['currency'] ?? known['currency']) as Reference | undefined
    const how = { replace: replace.has('item'), currency: sentCurrency?.id ?? MAIN_CURRENCY }
    const merged = item ? mergeLines(before, item, how) : { lines: before, unknown: [] }
    const { lines } = merged
    if (lines.some(({ quantity, fulfilled }) => quantity < fulfilled)) {
      throw userError('The quantity of a line cannot be less than what has been fulfilled of it.')
    }
    if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.')
    const external = externalIdOf(externalId, sentExternalId, row?.['external_id'])
    const now = clock.now()
    const usual = { tranDate: time.toLocal(now).slice(0, 10), ...(row === undefined ? usualLocation(rules) : {}) }
    const sent = present({ ...usual, ...known, ...rest, ...mergedAddresses(known, read.addresses) })
    refuseByRules(rules, entityId, String(sent['tranDate']))
    refuseUnknownDiscount(sent['discountItem'])
    refuseLocation(sent['location'], 'location')
    refuseCurrency(sent['currency'], entityId)
    const { subtotal, total, computed } = totals(lines, sent, rules)
    const document = present({ ...sent, ...computed })
    const savedId = id ?? Number(insert.run(external, now.getTime(), now.getTime()).lastInsertRowid)
    const number = String(tranId ?? row?.['tranid'] ?? `SO${savedId}`)
    const status = orderStatus(lines, document)
    const text = JSON.stringify(document)
    update.run(external, number, entityId, status, total, subtotal, text, now.getTime(), savedId)
    lineStore.replace(savedId, lines)
    commitments.settle(savedId)
    return { id: savedId, unknown: [...unknown, ...read.unknown, ...merged.unknown] }
  }
}

/** Fields of a changed address that are not sent stay. */
function mergedAddresses(known: Wire, sent: Wire): Wire {
  const merged = Object.entries(sent).map(([name, address]) => {
    return [name, present({ ...(known[name] as Wire | undefined), ...(address as Wire) })] as const
  })
  return Object.fromEntries(merged)
}

/**
 * The customer's internal id: from the sent reference, otherwise the previous one. @throws NetSuiteProblem when there
 * is none
 */
function createEntityLookUp({ database }: Account): (sent: unknown, before: unknown) => number {
  const customer = database.prepare('SELECT id FROM sim_customer WHERE id = ? OR external_id = ?')
  return (sent, before) => {
    if (sent === undefined && before !== undefined) return Number(before)
    const { id, externalId } = (sent ?? {}) as Reference
    if (id === undefined && externalId === undefined) throw userError('Please enter value(s) for: Customer')
    const found = customer.get(id ?? null, externalId ?? null)
    if (found !== undefined) return Number(found['id'])
    throw invalidContent('entity', `Invalid Field Value ${id ?? externalId} for the following field: entity`)
  }
}

/** Checks that the order is in the main currency or one of its customer's. @throws NetSuiteProblem for any other */
function createCurrencyCheck({ database }: Account): (sent: unknown, customer: number) => void {
  const customers = database.prepare('SELECT document FROM sim_customer WHERE id = ?')
  return (sent, customer) => {
    const id = (sent as Reference | undefined)?.id
    if (id === undefined || id === MAIN_CURRENCY) return
    const { currency, currencyList = [] } = JSON.parse(String(customers.get(customer)?.['document'])) as Wire
    const own = [{ currency }, ...(currencyList as Wire[])].map(
      (line) => (line['currency'] as Reference | undefined)?.id,
    )
    if (Object.hasOwn(currencies, id) && own.includes(id)) return
    throw invalidContent('currency', `Invalid Field Value ${id} for the following field: currency`)
  }
}

const MAIN_CURRENCY = '1'

function refuseLocked(
  row: Wire | undefined,
  before: readonly OrderLine[],
  item: unknown,
  replace: ReadonlySet<string>,
): void {
  if (row?.['canceled'] === 1) throw userError('You cannot edit this sales order because it has been cancelled.')
  if (!item || !replace.has('item') || before.every(({ fulfilled }) => fulfilled === 0)) return
  throw userError('The item lines of an order that has been fulfilled cannot be replaced.')
}

function refuseByRules({ closedUntil, onHold }: AccountRules, customer: number, tranDate: string): void {
  if (onHold.has(String(customer))) throw userError('This customer is on credit hold.')
  if (closedUntil === null || tranDate > closedUntil) return
  throw userError(
    'The transaction date you specified is not within the date range of your accounting period: it is closed.',
  )
}

const usualLocation = ({ defaultLocation }: AccountRules): Wire =>
  defaultLocation === null ? {} : { location: { id: defaultLocation } }

/** Fields that the account computes itself. */
const computedBy = ({ taxRate }: AccountRules): ReadonlySet<string> => new Set(taxRate === null ? [] : ['taxTotal'])

function refuseUnknownDiscount(item: unknown): void {
  const id = (item as Reference | undefined)?.id
  if (id === undefined || Object.hasOwn(discountItems, id)) return
  throw invalidContent('discountItem', `Invalid Field Value ${id} for the following field: discountitem`)
}

interface Totals {
  subtotal: number
  total: number
  /** Computed fields; null if they have no value. */
  computed: Wire
}

/**
 * total = lines − discount + tax + shipping + handling. A discount item subtracts `discountRate`, an amount; the sum of
 * discounts is shown as `discountTotal`, negative.
 */
function totals(lines: readonly OrderLine[], sent: Wire, { taxRate, handlingCost }: AccountRules): Totals {
  const header = (name: string) => Number(sent[name] ?? 0)
  const subtotal = sum(lines.map(({ amount }) => amount))
  const discountTotal = sent['discountItem'] === undefined ? 0 : -Math.abs(header('discountRate'))
  const taxed = sum([subtotal, discountTotal, header('shippingCost')])
  const taxTotal = taxRate === null ? header('taxTotal') : lineAmount(taxed, taxRate / 100)
  const handling = handlingCost ?? header('handlingCost')
  return {
    subtotal,
    total: sum([taxed, taxTotal, handling]),
    computed: {
      discountTotal: sent['discountItem'] === undefined ? null : discountTotal,
      ...(taxRate === null ? {} : { taxTotal }),
      ...(handlingCost === null ? {} : { handlingCost }),
    },
  }
}

/** A line with what it has committed and back-ordered. */
type SettledLine = OrderLine & LineCommitment

function salesOrderWire(row: Wire, lines: readonly SettledLine[], customer: unknown, options: ReadOptions): Wire {
  const { origin, expand } = options
  const href = recordUrl(origin, 'salesOrder', Number(row['id']))
  const status = String(row['status'])
  const {
    orderStatus: open = { id: 'B' },
    billingAddress,
    shippingAddress,
    ...document
  } = JSON.parse(String(row['document'])) as Wire & { orderStatus?: { id: string } }
  const currencyId = (document['currency'] as Reference | undefined)?.id ?? MAIN_CURRENCY
  const address = (name: string, value: unknown) =>
    value === undefined ? undefined : { links: selfLink(`${href}/${name}`), ...(expand && (value as Wire)) }
  const items = lines.map((line) => lineWire(line, href, origin))
  const entityLinks = selfLink(recordUrl(origin, 'customer', Number(row['entity_id'])))
  return present({
    links: selfLink(href),
    id: String(row['id']),
    tranId: row['tranid'],
    externalId: row['external_id'],
    entity: { links: entityLinks, id: String(row['entity_id']), refName: customer },
    exchangeRate: currencies[currencyId]?.rate,
    ...document,
    currency: { id: currencyId, refName: currencies[currencyId]?.code },
    orderStatus: { id: open.id, refName: statusNames[open.id] },
    status: { id: status, refName: statusNames[status] },
    createdDate: isoTime(row['created_at']),
    lastModifiedDate: isoTime(row['modified_at']),
    subtotal: row['subtotal'],
    total: row['total'],
    billingAddress: address('billingAddress', billingAddress),
    shippingAddress: address('shippingAddress', shippingAddress),
    item: { links: selfLink(`${href}/item`), ...(expand && { items, totalResults: items.length }) },
  })
}

function lineWire(line: SettledLine, orderHref: string, origin: string): Wire {
  const id = String(line.itemId)
  return present({
    links: selfLink(`${orderHref}/item/${line.line}`),
    line: line.line,
    lineUniqueKey: line.uniqueKey,
    item: { links: selfLink(recordUrl(origin, 'inventoryItem', id)), id, refName: line.itemName },
    itemType: { id: 'InvtPart', refName: 'Inventory Item' },
    quantity: line.quantity,
    rate: line.rate,
    amount: line.amount,
    isClosed: false,
    quantityFulfilled: line.fulfilled,
    quantityCommitted: line.committed,
    quantityBackOrdered: line.backOrdered,
    ...line.document,
  })
}
