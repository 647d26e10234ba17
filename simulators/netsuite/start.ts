import type { DatabaseSync } from 'node:sqlite'
import { createClock } from '../harness/clock.ts'
import { inTransaction, openDatabase } from '../harness/database.ts'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { addTokenRoute, createTokenDesk } from './access-tokens.ts'
import type { Account } from './account.ts'
import { createAccountTime } from './account-time.ts'
import { addControlRoutes } from './control-routes.ts'
import { NETSUITE_CREDENTIALS } from './credentials.ts'
import { customerType } from './customers.ts'
import { addTransformRoute } from './fulfilment-routes.ts'
import { fulfilmentType } from './fulfilments.ts'
import { guard, watchConcurrency } from './gatekeeper.ts'
import { inventoryItemType } from './items.ts'
import { NetSuiteProblem, sendProblem } from './problems.ts'
import { addRecordRoutes } from './record-routes.ts'
import type { RecordType } from './record-type.ts'
import { assertAllowed, noRules } from './rules.ts'
import { salesOrderType } from './sales-orders.ts'
import { openTables, type SeedOptions, seedAccount } from './seed.ts'
import { createSuiteQlEngine } from './suiteql/engine.ts'
import { addSuiteQlRoutes } from './suiteql-routes.ts'

/** Options, and the source of the account's data if the data file is new. */
export interface NetSuiteSimulatorOptions extends SeedOptions {
  /** SQLite file with the data. `:memory:` stores nothing. */
  dataFile: string
  /** 0 (the default) picks a free one. */
  port?: number
  /** The account's time zone (America/Los_Angeles). */
  zone?: string
  /** Maximum concurrent requests (5). */
  concurrency?: number
  /** Maximum rows of a SuiteQL query, however it is paged (100,000). */
  suiteqlRows?: number
}

/**
 * A NetSuite account: SuiteQL and the record service under `/services/rest`, for requests signed by
 * `NETSUITE_CREDENTIALS` or with a bearer token, and the control routes under `/_sim`, beside those of every simulator:
 * - `POST /items` makes an item: `{itemid, itemtype?, parent?, matrixtype?, members?: [{itemid, quantity}], price?, …}`;
 *   `PATCH /items/{itemid}` changes it, `DELETE` removes it.
 * - `PUT /items/{itemid}/locations/{id or name}` sets stock: `{quantityonhand?, quantityavailable?}`.
 * - `PUT /price-levels/{id or name}` rewrites a level's prices: `{discountpct}`, in percent of the base price.
 * - `POST /orders/{id}/fulfil` ships: `{lines?: [{line, quantity?, location?}], tracking?: [number], shipStatus?}`;
 *   `POST /orders/{id}/close` closes lines: `{lines?: [line]}`; `POST /orders/{id}/cancel`.
 * - `PATCH /fulfilments/{id}`: `{tracking?, shipStatus?, …}`.
 * - `POST /certificates`: `{certificateId, publicKey}`; `POST /tokens`: `{lifetime?, expire?}`, seconds and true.
 * - `PUT /rules`: what the account lacks or refuses, see `AccountRules`.
 * @throws CatalogError, RangeError for an unknown zone
 */
export async function startNetSuiteSimulator(options: NetSuiteSimulatorOptions): Promise<Simulator> {
  const time = createAccountTime(options.zone ?? 'America/Los_Angeles')
  const database = openDatabase(options.dataFile, '')
  const seed = () => inTransaction(database, () => seedAccount(database, options))
  if (!openTables(database)) seed()
  const account: Account = { database, time, clock: createClock(newestTime(database)), rules: noRules() }
  const engine = createSuiteQlEngine(account, options.suiteqlRows)
  const tokens = createTokenDesk()
  const fulfilments = fulfilmentType(account)
  const types = {
    items: inventoryItemType(account),
    customers: customerType(account),
    salesOrders: salesOrderType(account),
    fulfilments,
  }

  const app = createSimulatorApp({
    state: () => readState(database, types),
    reset: () => {
      seed()
      Object.assign(account.rules, noRules())
      engine.refreshViews()
    },
  })
  const position = watchConcurrency(app)
  addTokenRoute(app, tokens)
  app.register(
    (rest, _options, done) => {
      guard(rest, { limit: options.concurrency ?? 5, position, tokens, rules: account.rules })
      rest.setErrorHandler((error, _request, reply) => sendProblem(reply, error))
      rest.setNotFoundHandler((_request, reply) => {
        const detail = 'The requested resource does not exist.'
        return sendProblem(reply, new NetSuiteProblem(404, { detail, code: 'NOT_FOUND' }))
      })
      rest.addHook('preHandler', async ({ url }) => {
        const [, type] = /\/record\/v1\/(\w+)/.exec(url) ?? []
        assertAllowed(account.rules, type ?? 'suiteql')
      })
      addSuiteQlRoutes(rest, engine, account.rules)
      for (const type of Object.values(types)) addRecordRoutes(rest, database, type)
      addTransformRoute(rest, database, fulfilments)
      done()
    },
    { prefix: '/services/rest' },
  )
  addControlRoutes(app, account, { fulfilments, tokens })
  app.addHook('onClose', async () => database.close())
  return listen(app, options.port)
}

/** Everything, as the record service shows it with its sub-resources; links use the account's own host. */
function readState(database: DatabaseSync, types: Readonly<Record<string, RecordType>>): object {
  const origin = `https://${NETSUITE_CREDENTIALS.account.toLowerCase()}.suitetalk.api.netsuite.com`
  const all = Object.entries(types).map(([name, type]) => {
    const ids = database.prepare(`SELECT id FROM ${type.table} ORDER BY id`).all()
    return [name, ids.flatMap(({ id }) => type.read(Number(id), { origin, expand: true }) ?? [])] as const
  })
  return Object.fromEntries(all)
}

/** Ensures that changes are never stamped before existing data, whatever the wall clock says. */
function newestTime(database: DatabaseSync): Date {
  const columns = {
    sim_item: 'modified_at',
    sim_stock: 'changed_at',
    sim_customer: 'modified_at',
    sim_sales_order: 'modified_at',
    sim_fulfilment: 'modified_at',
  }
  const newest = Object.entries(columns).map(([table, column]) => {
    return Number(database.prepare(`SELECT max(${column}) AS newest FROM ${table}`).get()?.['newest'] ?? 0)
  })
  return new Date(Math.max(...newest))
}
