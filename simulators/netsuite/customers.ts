import { type Account, isoTime, present, recordUrl, selfLink, type Wire } from './account.ts'
import { type FieldSpec, type Reference, readFields, readSublist } from './fields.ts'
import { notUnique, userError } from './problems.ts'
import { externalIdOf, type ReadOptions, type RecordType, type Saved, type SaveRequest } from './record-type.ts'

const customerSpec: FieldSpec = {
  customPrefix: 'custentity',
  fields: {
    entityId: 'text',
    companyName: 'text',
    firstName: 'text',
    middleName: 'text',
    lastName: 'text',
    salutation: 'text',
    title: 'text',
    email: 'text',
    phone: 'text',
    altPhone: 'text',
    comments: 'text',
    url: 'text',
    vatRegNumber: 'text',
    externalId: 'text',
    isPerson: 'boolean',
    isInactive: 'boolean',
    taxable: 'boolean',
    subsidiary: 'reference',
    category: 'reference',
    currency: 'reference',
    terms: 'reference',
    priceLevel: 'reference',
    salesRep: 'reference',
    entityStatus: 'reference',
    parent: 'reference',
    addressBook: 'sublist',
    currencyList: 'sublist',
    id: 'readOnly',
    dateCreated: 'readOnly',
    lastModifiedDate: 'readOnly',
  },
  lengths: {
    entityId: 80,
    companyName: 83,
    salutation: 30,
    firstName: 32,
    middleName: 32,
    lastName: 32,
    email: 254,
    phone: 32,
    altPhone: 32,
  },
}

const addressSpec: FieldSpec = {
  fields: {
    label: 'text',
    defaultBilling: 'boolean',
    defaultShipping: 'boolean',
    isResidential: 'boolean',
    addressBookAddress: 'address',
    id: 'readOnly',
    internalId: 'readOnly',
  },
}

/** Customers. Address book lines have no key: without `replace=addressBook` every save appends them. */
export function customerType({ database, clock, rules }: Account): RecordType {
  const find = database.prepare('SELECT * FROM sim_customer WHERE id = ?')
  const other = database.prepare('SELECT id FROM sim_customer WHERE entityid = ? AND id IS NOT ?')
  const insert = database.prepare(`INSERT INTO sim_customer (external_id, entityid, document, created_at, modified_at)
    VALUES (?, ?, '{}', ?, ?)`)
  const update = database.prepare(
    'UPDATE sim_customer SET external_id = ?, entityid = ?, document = ?, modified_at = ? WHERE id = ?',
  )
  const save = ({ id, externalId, body, replace }: SaveRequest): Saved => {
    const row = id === undefined ? undefined : find.get(id)
    const { values, unknown } = readFields(body, customerSpec)
    const before = JSON.parse(String(row?.['document'] ?? '{}')) as Wire
    const { entityId, externalId: sentExternalId, addressBook, currencyList, ...rest } = values
    const document = present({ ...before, ...rest })
    if (addressBook) {
      const added = readSublist(addressBook, addressSpec, 'addressBook')
      const kept = replace.has('addressBook') ? [] : ((before['addressBook'] as Wire[] | undefined) ?? [])
      document['addressBook'] = [...kept, ...added.lines]
      unknown.push(...added.unknown)
    }
    if (currencyList) {
      const added = readSublist(currencyList, currencySpec, 'currencyList')
      document['currencyList'] = mergeCurrencies((before['currencyList'] as Wire[] | undefined) ?? [], added.lines)
      unknown.push(...added.unknown)
    }
    requireName(document)
    const chosen = entityId ?? (rules.numbersCustomers ? undefined : calledBy(document, row))
    if (chosen && other.get(String(chosen), id ?? null) !== undefined) {
      throw notUnique()
    }
    const external = externalIdOf(externalId, sentExternalId, row?.['external_id'])
    const now = clock.now().getTime()
    const savedId = id ?? Number(insert.run(external, `new ${now}`, now, now).lastInsertRowid)
    const entityid = String(chosen ?? row?.['entityid'] ?? `CUST${savedId}`)
    update.run(external, entityid, JSON.stringify(document), now, savedId)
    return { id: savedId, unknown }
  }
  return {
    name: 'customer',
    table: 'sim_customer',
    filters: { externalId: 'external_id', entityId: 'entityid', email: "document ->> '$.email'" },
    read: (id, options) => {
      const row = find.get(id)
      return row === undefined ? undefined : customerWire(row, options)
    },
    save,
  }
}

const currencySpec: FieldSpec = { fields: { currency: 'reference' } }

/** The currencies of a customer, each once: the list's key is the currency. */
function mergeCurrencies(before: readonly Wire[], added: readonly Wire[]): Wire[] {
  const idOf = ({ currency }: Wire) => String((currency as Reference | undefined)?.id)
  return [...new Map([...before, ...added].map((line) => [idOf(line), line])).values()]
}

function nameOf({ isPerson, companyName, firstName, lastName }: Wire): string {
  return isPerson ? `${firstName} ${lastName}` : String(companyName)
}

/** A new or renamed customer's id is its name, unless it was given an id. */
function calledBy(document: Wire, row: Wire | undefined): string | undefined {
  if (row === undefined) return nameOf(document)
  const before = JSON.parse(String(row['document'])) as Wire
  return row['entityid'] === nameOf(before) ? nameOf(document) : undefined
}

function requireName({ isPerson, companyName, firstName, lastName }: Wire): void {
  const missing = isPerson
    ? [firstName ? '' : 'First Name', lastName ? '' : 'Last Name'].filter(Boolean)
    : [companyName ? '' : 'Company Name'].filter(Boolean)
  if (missing.length > 0) throw userError(`Please enter value(s) for: ${missing.join(', ')}`)
}

function customerWire(row: Wire, { origin, expand }: ReadOptions): Wire {
  const href = recordUrl(origin, 'customer', Number(row['id']))
  const { addressBook = [], currencyList = [], ...document } = JSON.parse(String(row['document'])) as Wire
  const items = (addressBook as Wire[]).map((line, index) => ({ id: String(index + 1), ...line }))
  return present({
    links: selfLink(href),
    id: String(row['id']),
    entityId: row['entityid'],
    externalId: row['external_id'],
    isPerson: false,
    isInactive: false,
    ...document,
    dateCreated: isoTime(row['created_at']),
    lastModifiedDate: isoTime(row['modified_at']),
    addressBook: { links: selfLink(`${href}/addressBook`), ...(expand && { items, totalResults: items.length }) },
    currencyList: { links: selfLink(`${href}/currencyList`), ...(expand && { items: currencyList }) },
  })
}
