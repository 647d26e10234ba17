import { createClock } from '../harness/clock.ts'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { createCompany } from './company.ts'
import { addControlRoutes } from './control-routes.ts'
import { addServiceLayer, type LateCreates } from './routes.ts'
import { insertPriceLists, insertStates, type SeedOptions, seedCompany } from './seed.ts'
import { Sessions } from './sessions.ts'
import { Store } from './store.ts'

/** Options, and the source of the company's data if the data file is new. */
export interface SapB1SimulatorOptions extends SeedOptions {
  /** SQLite file with the data. `:memory:` stores nothing. */
  dataFile: string
  /** 0 (the default) picks a free one. */
  port?: number
  /** Time zone of the server's clock (America/New_York). */
  zone?: string
  /** Clock of changes and sessions, milliseconds UTC; default: the wall clock. */
  wall?: () => number
}

/**
 * A company on SAP Business One: its Service Layer under `/b1s/v1` and `/b1s/v2`, for `SAP_B1_CREDENTIALS`, and the
 * control routes under `/_sim`. @throws CatalogError, RangeError for an unknown zone
 */
export async function startSapB1Simulator(options: SapB1SimulatorOptions): Promise<Simulator> {
  const zone = options.zone ?? 'America/New_York'
  const wall = options.wall ?? Date.now
  const store = new Store(options.dataFile)
  if (store.isEmpty) seedCompany(store, options, zone)
  if (!store.hasStates) store.change(() => insertStates(store))
  if (!store.hasPriceLists) store.change(() => insertPriceLists(store))
  const company = createCompany(store, createClock(undefined, wall), zone)
  const sessions = new Sessions(wall)
  const late: LateCreates = { ms: 0, left: 0, pending: 0 }
  const app = createSimulatorApp({
    state: () => store.state(),
    reset: () => {
      sessions.expireAll()
      late.left = 0
      seedCompany(store, options, zone)
    },
  })
  for (const version of ['v1', 'v2'] as const) {
    app.register(
      (service, _options, done) => {
        addServiceLayer(service, version, company, sessions, late)
        done()
      },
      { prefix: `/b1s/${version}` },
    )
  }
  addControlRoutes(app, company, sessions, late)
  app.addHook('onClose', async () => store.database.close())
  return listen(app, options.port)
}
