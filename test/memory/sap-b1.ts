import { createClock } from '../../simulators/harness/clock.ts'
import { type Company, createCompany } from '../../simulators/sap-b1/company.ts'
import { createDelivery } from '../../simulators/sap-b1/deliveries.ts'
import { changeOrder, closeLines, createOrder, endOrder } from '../../simulators/sap-b1/orders.ts'
import { SapProblem } from '../../simulators/sap-b1/problems.ts'
import { etagOf, select } from '../../simulators/sap-b1/query.ts'
import { insertBasics, itemOf } from '../../simulators/sap-b1/seed.ts'
import { withSums } from '../../simulators/sap-b1/stock.ts'
import { collections, type Entity, Store } from '../../simulators/sap-b1/store.ts'
import { parseExact, stringifyExact } from '../../src/platform/json.ts'
import { type Wire, wireOf } from '../../src/systems/kit/wire.ts'
import { sapError } from '../../src/systems/sap-b1/answers.ts'
import type { SapB1Client } from '../../src/systems/sap-b1/client.ts'

interface MemorySapB1 {
  readonly client: SapB1Client
  addItem(sku: string): void
  /** Its orders, the oldest first. */
  orders(): readonly Entity[]
  /** Delivers pieces of lines, by their numbers. */
  deliver(entry: number, pieces: ReadonlyMap<number, number>): void
  /** Closes these lines, and the order with its last one. */
  closeLines(entry: number, lines: ReadonlySet<number>): void
  close(): void
}

/** The simulator's company and rules, without HTTP, behind the port of our client. */
export function memorySapB1(): MemorySapB1 {
  const store = new Store(':memory:')
  const company = createCompany(store, createClock(), 'America/New_York')
  store.change(() => insertBasics(store))
  return {
    client: clientOf(company),
    addItem: (sku) => store.put('Items', withSums(itemOf({ sku, name: sku, online: true }))),
    orders: () => select(store, 'Orders', {}),
    deliver: (entry, pieces) =>
      void store.change(() =>
        createDelivery(company, {
          DocumentLines: [...pieces].map(([BaseLine, Quantity]) => ({
            BaseType: 17,
            BaseEntry: entry,
            BaseLine,
            Quantity,
          })),
        }),
      ),
    closeLines: (entry, closed) => store.change(() => closeLines(company, String(entry), closed)),
    close: () => store.database.close(),
  }
}

function clientOf(company: Company): SapB1Client {
  const { store } = company
  const known = (name: string) => {
    const collection = collections.find((one) => one === name)
    if (collection === undefined) throw new Error(`there is no collection ${name}`)
    return collection
  }
  const shown = (entity: Readonly<Entity>): Wire =>
    wireOf(parseExact(JSON.stringify({ '@odata.etag': etagOf(entity), ...entity })))
  const existing = (entry: string | number): Entity => {
    const order = store.get('Orders', entry)
    if (order === undefined) throw new SapProblem(404, -2028, 'No matching records found (ODBC -2028)')
    return order
  }
  return {
    for() {
      return this
    },
    check: async () => ({ date: null }),
    find: (collection, { filter, orderBy, pageSize }) =>
      answered(() => {
        const query = { ...(filter ? { $filter: filter } : {}), ...(orderBy ? { $orderby: orderBy.join(',') } : {}) }
        const rows = select(store, known(collection), query)
        return { rows: rows.slice(0, pageSize).map(shown), more: rows.length > pageSize }
      }),
    get: (collection, key) =>
      answered(() => {
        const entity = store.get(known(collection), key)
        return entity === undefined ? null : shown(entity)
      }),
    create: (_collection, body) => answered(() => shown(store.change(() => createOrder(company, plain(body))))),
    update: (_collection, key, body, { etag, replaceLists }) =>
      answered(() => {
        const order = existing(key)
        if (etag !== null && etag !== etagOf(order)) throw new SapProblem(412, -2039, 'Another user modified data')
        store.change(() => changeOrder(company, order, plain(body), replaceLists))
      }),
    act: (_collection, key, action) =>
      answered(() => {
        if (action !== 'Cancel' && action !== 'Close') throw new Error(`SAP knows no "${action}"`)
        store.change(() => endOrder(company, String(key), action))
      }),
  }
}

/** As it goes over the wire. */
const plain = (body: unknown): Entity => JSON.parse(stringifyExact(body)) as Entity

/** What the simulator refuses, as our client says it. */
async function answered<T>(work: () => T): Promise<T> {
  try {
    return work()
  } catch (problem) {
    if (!(problem instanceof SapProblem)) throw problem
    const { status, code, message } = problem
    throw sapError(status, { error: { code: String(code), message } }) ?? problem
  }
}
