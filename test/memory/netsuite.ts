import { StreamError } from '../../src/errors.ts'
import { decimal4, sum, text4 } from '../../src/events/decimal.ts'
import { parseExact, stringifyExact } from '../../src/platform/json.ts'
import { textOf, type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'

/** A record as the account has it; the lines of an order are in `lines`. */
export interface MemoryRecord {
  readonly id: string
  readonly type: string
  externalId: string
  fields: Wire
  lines: readonly Wire[]
}

export interface MemoryNetSuite {
  readonly client: NetSuiteClient
  readonly records: readonly MemoryRecord[]
  /** Makes an item; its internal id. */
  addItem(sku: string): string
  /** The SKU of an item by its internal id; empty: there is none. */
  skuOf(id: string): string
  removeItem(sku: string): void
  /** The item keeps its internal id. */
  renameItem(sku: string, to: string): void
  /** Ships pieces of an order's lines, by their numbers, as the vendor's people do. */
  fulfil(externalId: string, pieces: ReadonlyMap<number, number>): void
}

/**
 * A NetSuite account in memory, which numbers its customers or calls them by their names, behind the port of its client: records by external id, lines that are appended to unless
 * they are replaced, references that have to exist, lines that stay once they are fulfilled. Of SuiteQL it knows nothing.
 */
export function memoryNetSuite({ numbersCustomers = true } = {}): MemoryNetSuite {
  const records: MemoryRecord[] = []
  const items = new Map<string, string>()
  let last = 100
  const find = (type: string, externalId: string) =>
    records.find((record) => record.type === type && record.externalId === externalId)
  const suiteql = () => Promise.reject(new StreamError('target_rejected', 'the account in memory knows no SuiteQL'))

  const upsert = (type: string, externalId: string, body: unknown, replace: boolean): string => {
    // As it goes over the wire: no undefined, exact numbers as numbers or text.
    const { item, ...fields } = wireOf(parseExact(stringifyExact(body)))
    if (type === 'salesOrder') checkReferences(records, items, fields, item)
    const before = find(type, externalId)
    const begun = before?.lines.some((line) => fulfilledOf(line) > 0) ?? false
    if (item !== undefined && replace && begun) throw refused('', 'Lines of an order that is fulfilled stay.')
    const lines = item === undefined ? (before?.lines ?? []) : merge(before?.lines ?? [], wireOf(item), replace)
    if (lines.some((line) => Number(line['quantity']) < fulfilledOf(line))) {
      throw refused('item', 'The quantity cannot be less than what is fulfilled.')
    }
    if (type === 'salesOrder' && lines.length === 0) throw refused('item', 'You must enter at least one line item.')
    if (before !== undefined) {
      before.fields = { ...before.fields, ...fields }
      before.lines = lines
      return before.id
    }
    last += 1
    const entityId =
      fields['entityId'] ?? (numbersCustomers ? `C${last}` : `${fields['firstName']} ${fields['lastName']}`)
    const isTaken = records.some((record) => record.type === type && record.fields['entityId'] === entityId)
    if (type === 'customer' && isTaken) throw refused('', 'A customer record with this ID already exists.')
    const named = type === 'customer' ? { ...fields, entityId } : fields
    records.push({ id: String(last), type, externalId, fields: named, lines })
    return String(last)
  }

  return {
    records,
    addItem(sku) {
      last += 1
      items.set(sku, items.get(sku) ?? String(last))
      return items.get(sku) ?? ''
    },
    skuOf: (id) => [...items].find(([, own]) => own === id)?.[0] ?? '',
    removeItem: (sku) => void items.delete(sku),
    renameItem(sku, to) {
      items.set(to, items.get(sku) ?? '')
      items.delete(sku)
    },
    fulfil(externalId, pieces) {
      const order = find('salesOrder', externalId)
      if (order === undefined) throw refused('', `There is no order ${externalId}.`)
      order.lines = order.lines.map((line) => {
        const added = pieces.get(Number(line['line']))
        return added === undefined ? line : { ...line, quantityFulfilled: fulfilledOf(line) + added }
      })
    },
    client: {
      for() {
        return this
      },
      suiteql,
      suiteqlAll: suiteql,
      check: async () => ({ date: null }),
      getRecord: async (type, id) =>
        show(
          records.find((record) => record.type === type && record.id === id),
          true,
        ),
      getByExternalId: async (type, externalId, { expand = false } = {}) => show(find(type, externalId), expand),
      async upsertByExternalId(type, externalId, body, options = {}) {
        const renamed = records.find((one) => one.type === type && one.id === options.of)
        if (renamed !== undefined) renamed.externalId = externalId
        return upsert(type, externalId, body, options.replace === 'item')
      },
      async findItems(skus) {
        const known = skus.map((sku) => [sku, items.get(sku)] as const)
        return new Map(known.filter((pair): pair is readonly [string, string] => pair[1] !== undefined))
      },
    },
  }
}

function show(record: MemoryRecord | undefined, expand: boolean): Wire | null {
  if (record === undefined) return null
  const { type, id, externalId, fields, lines } = record
  const sublist = type === 'salesOrder' ? { item: { items: expand ? lines : [] }, ...totalsOf(fields, lines) } : {}
  return structuredClone({ ...fields, id, externalId, ...sublist })
}

/** Lines and charges, less what the discount item takes off. */
function totalsOf(fields: Wire, lines: readonly Wire[]): Wire {
  const amounts = lines.map((line) => decimal4(textOf(line['amount']) ?? 0, 'amount'))
  const header = (name: string) => decimal4(textOf(fields[name]) ?? 0, name)
  const charged = [header('shippingCost'), header('taxTotal'), header('discountRate')]
  return { total: text4(sum([...amounts, ...charged])), discountTotal: text4(header('discountRate')) }
}

/** A sent line that names an existing one changes it, any other is appended; `replace` drops those not named. */
function merge(before: readonly Wire[], sublist: Wire, replace: boolean): readonly Wire[] {
  const sent = wiresOf(sublist['items'])
  const named = new Set(sent.map((line) => textOf(line['line'])))
  const after = new Map(
    before.filter((line) => !replace || named.has(textOf(line['line']))).map((line) => [Number(line['line']), line]),
  )
  let last = Math.max(0, ...before.map((line) => Number(line['line'])))
  for (const line of sent) {
    const existing = after.get(Number(line['line']))
    if (existing === undefined) last += 1
    const number = existing === undefined ? last : Number(existing['line'])
    after.set(number, { isClosed: false, quantity: 1, ...existing, ...line, line: number })
  }
  return [...after.values()]
}

const fulfilledOf = (line: Wire): number => Number(line['quantityFulfilled'] ?? 0)

function checkReferences(
  records: readonly MemoryRecord[],
  items: ReadonlyMap<string, string>,
  fields: Wire,
  item: unknown,
): void {
  const entity = fields['entity']
  const customer = textOf(wireOf(entity)['id'])
  if (entity !== undefined && !records.some(({ type, id }) => type === 'customer' && id === customer)) {
    throw refused('entity', `Invalid Field Value ${customer} for the following field: entity`)
  }
  const ids = new Set(items.values())
  for (const [index, line] of wiresOf(wireOf(item)['items']).entries()) {
    const id = textOf(wireOf(line['item'])['id'])
    if (id === null || !ids.has(id)) throw refused(`item.items[${index}].item`, `Invalid Field Value ${id}`)
  }
}

function refused(field: string, message: string): StreamError {
  return new StreamError('target_rejected', message, { field })
}
