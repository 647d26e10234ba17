import type { DatabaseSync } from 'node:sqlite'
import { createClock } from '../harness/clock.ts'
import { inTransaction, openDatabase } from '../harness/database.ts'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import type { Account } from './account.ts'
import { createAccountTime } from './account-time.ts'
import { addControlRoutes } from './control-routes.ts'
import { NETSUITE_CREDENTIALS } from './credentials.ts'
import { customerType } from './customers.ts'
import { guard, watchConcurrency } from './gatekeeper.ts'
import { inventoryItemType } from './items.ts'
import { NetSuiteProblem, sendProblem } from './problems.ts'
import { addRecordRoutes } from './record-routes.ts'
import type { RecordType } from './record-type.ts'
import { salesOrderType } from './sales-orders.ts'
import { schema } from './schema.ts'
import { isSeeded, type SeedOptions, seedAccount } from './seed.ts'
import { createSuiteQlEngine } from './suiteql/engine.ts'
import { addSuiteQlRoutes } from './suiteql-routes.ts'

/** What to start, and what the account is made of when the data file is new. */
export interface NetSuiteSimulatorOptions extends SeedOptions {
  /** SQLite file; its data is kept. `:memory:` keeps nothing. */
  dataFile: string
  /** 0 (the default) takes a free one. */
  port?: number
  /** The account's time zone (America/Los_Angeles). */
  zone?: string
  /** Requests the account takes at once (5). */
  concurrency?: number
}

/**
 * A NetSuite account: SuiteQL and the record service under `/services/rest`, signed by `NETSUITE_CREDENTIALS`, and the
 * control routes under `/_sim`. @throws CatalogError, RangeError for an unknown zone
 */
export async function startNetSuiteSimulator(options: NetSuiteSimulatorOptions): Promise<Simulator> {
  const time = createAccountTime(options.zone ?? 'America/Los_Angeles')
  const database = openDatabase(options.dataFile, schema)
  const seed = () => inTransaction(database, () => seedAccount(database, options))
  if (!isSeeded(database)) seed()
  const account: Account = { database, time, clock: createClock(newestTime(database)) }
  const engine = createSuiteQlEngine(database, time, account.clock)
  const orders = salesOrderType(account)
  const types = { items: inventoryItemType(account), customers: customerType(account), salesOrders: orders }

  const app = createSimulatorApp({
    state: () => readState(database, types),
    reset: () => {
      seed()
      engine.refreshViews()
    },
  })
  const position = watchConcurrency(app)
  app.register(
    (rest, _options, done) => {
      guard(rest, options.concurrency ?? 5, position)
      rest.setErrorHandler((error, _request, reply) => sendProblem(reply, error))
      rest.setNotFoundHandler((_request, reply) => {
        const detail = 'The requested resource does not exist.'
        return sendProblem(reply, new NetSuiteProblem(404, { detail, code: 'NOT_FOUND' }))
      })
      addSuiteQlRoutes(rest, engine)
      for (const type of Object.values(types)) addRecordRoutes(rest, database, type)
      done()
    },
    { prefix: '/services/rest' },
  )
  addControlRoutes(app, account, orders)
  app.addHook('onClose', async () => database.close())
  return listen(app, options.port)
}

/** Everything, as the record service shows it with its sub-resources; links name the account's own host. */
function readState(database: DatabaseSync, types: Readonly<Record<string, RecordType>>): object {
  const origin = `https://${NETSUITE_CREDENTIALS.account.toLowerCase()}.suitetalk.api.netsuite.com`
  const all = Object.entries(types).map(([name, type]) => {
    const ids = database.prepare(`SELECT id FROM ${type.table} ORDER BY id`).all()
    return [name, ids.flatMap(({ id }) => type.read(Number(id), { origin, expand: true }) ?? [])] as const
  })
  return Object.fromEntries(all)
}

/** So that changes are never stamped before what is kept, whatever the wall clock says. */
function newestTime(database: DatabaseSync): Date {
  const columns = {
    sim_item: 'modified_at',
    sim_stock: 'changed_at',
    sim_customer: 'modified_at',
    sim_sales_order: 'modified_at',
  }
  const newest = Object.entries(columns).map(([table, column]) => {
    return Number(database.prepare(`SELECT max(${column}) AS newest FROM ${table}`).get()?.['newest'] ?? 0)
  })
  return new Date(Math.max(...newest))
}
