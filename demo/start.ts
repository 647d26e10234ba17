/** `npm start`: backing services, simulators and every role on this machine; runs until Ctrl-C, or once. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { startServices } from '../services/start.ts'
import { openPlatform } from '../src/cli/platform.ts'
import { roles, startRoles } from '../src/cli/roles.ts'
import { configFromEnvironment, processEnvironment } from '../src/config.ts'
import { applyConfiguration } from '../src/core/apply-configuration.ts'
import { loadConfiguration } from '../src/core/load-configuration.ts'
import { toStreamError } from '../src/errors.ts'
import { postJson } from './http.ts'
import { runOnce } from './once.ts'
import { type DemoOptions, HELP, readOptions } from './options.ts'
import { createProgress, type Progress } from './progress.ts'
import { type SimulatorAddresses, startSimulators } from './simulators.ts'
import { summaryLine } from './summary.ts'
import { keepChanging } from './watch.ts'

const CONFIGURATION = new URL('../config/demo', import.meta.url).pathname
const CONNECTION = 'magento-netsuite'

/** What was started last is ended first; each step once, whatever happens. */
class Ending {
  readonly #steps: (() => Promise<void> | void)[] = []

  add(step: () => Promise<void> | void): void {
    this.#steps.push(step)
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step()
  }
}

/** References of config/demo, resolved to the simulators. */
function demoEnvironment(options: DemoOptions, simulators: SimulatorAddresses): Record<string, string> {
  const { magento, netsuite, images } = simulators
  return {
    DEMO_MAGENTO_URL: magento.url,
    DEMO_MAGENTO_CONSUMER_KEY: magento.credentials['consumerKey'] ?? '',
    DEMO_MAGENTO_CONSUMER_SECRET: magento.credentials['consumerSecret'] ?? '',
    DEMO_MAGENTO_ACCESS_TOKEN: magento.credentials['token'] ?? '',
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: magento.credentials['tokenSecret'] ?? '',
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: netsuite.credentials['consumerKey'] ?? '',
    DEMO_NETSUITE_CONSUMER_SECRET: netsuite.credentials['consumerSecret'] ?? '',
    DEMO_NETSUITE_TOKEN_ID: netsuite.credentials['token'] ?? '',
    DEMO_NETSUITE_TOKEN_SECRET: netsuite.credentials['tokenSecret'] ?? '',
    DEMO_IMAGES_URL: `${images.url}/feeds/images.csv`,
    DEMO_VENDOR_PATTERN: options.vendorPattern,
  }
}

async function start(options: DemoOptions, progress: Progress, ending: Ending, signal: AbortSignal): Promise<number> {
  const started = performance.now()
  if (options.fresh) rmSync(options.dataDir, { recursive: true, force: true })
  mkdirSync(options.dataDir, { recursive: true })
  const [services, simulators] = await Promise.all([
    startServices({
      dataDir: join(options.dataDir, 'services'),
      env: processEnvironment(),
      log: progress.line,
      signal,
    }),
    startSimulators(options),
  ])
  ending.add(() => services.stop())
  ending.add(() => simulators.stop())
  progress.line(services.how)
  const level = processEnvironment()['LOG_LEVEL'] ?? 'warn'
  const settle = processEnvironment()['FEED_SETTLE_MS'] ?? '1000'
  const env = {
    LOG_LEVEL: level,
    FEED_SETTLE_MS: settle,
    ...services.env,
    ...demoEnvironment(options, simulators.addresses),
  }
  const config = configFromEnvironment(env)
  const platform = await openPlatform(config)
  ending.add(() => platform.close())
  const configuration = await loadConfiguration(CONFIGURATION, config.environment)
  await applyConfiguration(platform.tables, configuration)
  const running = await startRoles(platform, roles, { schedules: !options.once })
  ending.add(() => running.close())
  const api = running.api?.url ?? ''
  await postJson(`${simulators.addresses.magento.url}/_sim/feed`, {
    api,
    connection: CONNECTION,
    token: config.api.token ?? undefined,
  })
  const endpoints = writeEndpoints(options, api, simulators.addresses, services.env)
  progress.line(where(endpoints))
  if (!options.once) {
    await keepChanging(simulators.addresses, progress, signal)
    return 0
  }
  const deps = {
    platform,
    configuration,
    api,
    simulators: simulators.addresses,
    options,
    connection: CONNECTION,
    progress,
  }
  const result = await runOnce(deps)
  for (const difference of result.differences) progress.line(`DIFFERENT: ${difference}`)
  const seconds = (performance.now() - started) / 1000
  const ok = result.differences.length === 0
  progress.line(ok ? 'both ends agree' : `${result.differences.length} differences`)
  await ending.run()
  if (options.json) console.log(summaryLine(result, seconds))
  return ok ? 0 : 1
}

interface Endpoints {
  readonly api: string
  readonly simulators: { readonly magento: string; readonly netsuite: string; readonly images: string }
  readonly kafka: string
  readonly schemaRegistry: string
  readonly dynamodb: string
}

function writeEndpoints(
  options: DemoOptions,
  api: string,
  simulators: SimulatorAddresses,
  env: Readonly<Record<string, string>>,
): Endpoints {
  const { magento, netsuite, images } = simulators
  const endpoints = {
    api,
    simulators: { magento: magento.url, netsuite: netsuite.url, images: images.url },
    kafka: env['KAFKA_BROKERS'] ?? '',
    schemaRegistry: env['SCHEMA_REGISTRY_URL'] ?? '',
    dynamodb: env['DYNAMODB_ENDPOINT'] ?? '',
  }
  mkdirSync(dirname(options.endpointsFile), { recursive: true })
  writeFileSync(options.endpointsFile, `${JSON.stringify(endpoints, null, 2)}\n`)
  return endpoints
}

function where({ api, simulators, kafka, schemaRegistry, dynamodb }: Endpoints): string {
  return `everything runs:
          API                ${api}            documentation ${api}/docs
          feeds              ${api}/v1/feeds/products?connection=${CONNECTION}
                             ${api}/v1/feeds/inventory?connection=${CONNECTION}
                             ${api}/v1/feeds/images?connection=${CONNECTION}
          tasks              ${api}/v1/tasks
          Magento simulator  ${simulators.magento}/_sim/state
          NetSuite simulator ${simulators.netsuite}/_sim/state
          image feed         ${simulators.images}/_sim/state
          Kafka ${kafka}  registry ${schemaRegistry}  DynamoDB ${dynamodb}`
}

async function main(): Promise<void> {
  let options: DemoOptions | null
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(toStreamError(error).message)
    process.exitCode = 2
    return
  }
  if (options === null) return console.log(HELP)
  const progress = createProgress(options.json)
  const ending = new Ending()
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      progress.line('ending…')
      interrupted.abort()
      void ending.run().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
    })
  }
  try {
    process.exitCode = await start(options, progress, ending, interrupted.signal)
  } catch (error) {
    if (interrupted.signal.aborted) return
    const known = toStreamError(error)
    console.error(known.code === 'unexpected' ? error : `${known.code}: ${known.message}`)
    process.exitCode = 1
  } finally {
    if (!interrupted.signal.aborted) await ending.run()
  }
}

await main()
