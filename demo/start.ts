/** `npm start`: backing services, simulators and every role on this machine; runs until Ctrl-C, or once. */

import { mkdirSync, rmSync } from 'node:fs'
import { observeProcess } from '../src/cli/observe-process.ts'
import { openMetricsPort } from '../src/cli/open-metrics-port.ts'
import { openPlatform } from '../src/cli/platform.ts'
import { type RunningRoles, roles, startRoles } from '../src/cli/roles.ts'
import { configFromEnvironment, processEnvironment } from '../src/config.ts'
import { applyConfiguration } from '../src/configuration/apply-configuration.ts'
import { loadConfiguration } from '../src/configuration/load-configuration.ts'
import { type StreamError, toStreamError } from '../src/errors.ts'
import { systemTypes } from '../src/systems/systems.ts'
import { checkEnvironment, lockData, startAround } from './around.ts'
import { demoFiles } from './demo-files.ts'
import { Ending } from './ending.ts'
import { demoEnvironment, demoNetworks, where, writeEndpoints, writeShellEnvironment } from './endpoints.ts'
import { postJson } from './http.ts'
import { runOnce } from './once.ts'
import { PULLED, runOnceAll } from './once-all.ts'
import { type DemoOptions, HELP, ROOT, readOptions } from './options.ts'
import { createProgress, type Progress } from './progress.ts'
import { demoScenarios } from './scenarios.ts'
import { failureLine, summaryLine } from './summary.ts'
import { keepChanging } from './watch.ts'

const CONFIGURATIONS = {
  'magento-netsuite': new URL('../config/demo', import.meta.url).pathname,
  all: new URL('../config/demo-all', import.meta.url).pathname,
}

/** The servers then have the rest of half a minute. */
const END_WITHIN_MS = 18_000

async function start(options: DemoOptions, progress: Progress, ending: Ending, signal: AbortSignal): Promise<number> {
  const started = performance.now()
  await checkEnvironment()
  await lockData(options, ending)
  if (options.fresh) rmSync(options.dataDir, { recursive: true, force: true })
  mkdirSync(options.dataDir, { recursive: true })
  const { services, simulators } = await startAround(options, progress, ending, signal)
  progress.line(services.how)
  const level = processEnvironment()['LOG_LEVEL'] ?? 'warn'
  const settle = processEnvironment()['FEED_SETTLE_MS'] ?? '1000'
  const env = {
    LOG_LEVEL: level,
    FEED_SETTLE_MS: settle,
    ...services.env,
    ...demoEnvironment(options, simulators.addresses),
    ...demoNetworks(processEnvironment(), simulators.addresses),
  }
  const config = configFromEnvironment(env)
  const platform = await openPlatform(config)
  ending.add(() => platform.close())
  const configuration = await loadConfiguration(CONFIGURATIONS[options.connections], config.environment, systemTypes)
  await applyConfiguration(platform.tables, configuration)
  const { vendorPattern, once } = options
  const demo = demoScenarios({
    simulators: simulators.addresses,
    tables: platform.tables,
    configuration,
    vendorPattern,
  })
  let running: RunningRoles | undefined
  const observed = observeProcess(platform, roles, () => running)
  const { contentType } = platform.meter
  if (config.metrics !== null) platform.meter.countProcess()
  const metrics = await openMetricsPort(config, { contentType, logger: platform.logger }, observed)
  ending.add(async () => metrics?.close())
  const own = await startRoles(platform, roles, { schedules: !once, ...(once ? {} : { demo }) })
  running = own
  ending.add(() => own.close())
  ending.add(() => demo.repairAll())
  const api = own.api?.url ?? ''
  await postJson(`${simulators.addresses.magento.url}/_sim/feed`, {
    api,
    connection: PULLED,
    token: config.api.token ?? undefined,
  })
  const files = demoFiles(options)
  writeEndpoints(files, api, simulators.addresses, services.env)
  writeShellEnvironment(files, env, processEnvironment())
  progress.line(where(api, files, ROOT))
  if (!options.once) {
    await keepChanging(simulators.addresses, configuration.connections, progress, signal)
    return 0
  }
  const deps = {
    platform,
    configuration,
    api,
    simulators: simulators.addresses,
    options,
    progress,
  }
  const result = options.connections === 'all' ? await runOnceAll(deps) : await runOnce({ ...deps, connection: PULLED })
  for (const difference of result.differences) progress.line(`DIFFERENT: ${difference}`)
  const seconds = (performance.now() - started) / 1000
  const ok = result.differences.length === 0
  progress.line(ok ? 'both ends agree' : `${result.differences.length} differences`)
  await ending.run()
  if (options.json) console.log(summaryLine(result, seconds))
  return ok ? 0 : 1
}

async function main(): Promise<void> {
  let options: DemoOptions | null
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    const known = toStreamError(error)
    console.error(known.message)
    if (process.argv.includes('--json')) console.log(failureLine(known))
    process.exitCode = 2
    return
  }
  if (options === null) return console.log(HELP)
  const progress = createProgress(options.json)
  const ending = new Ending()
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // A terminal sends it to everyone, and npm once more.
      if (interrupted.signal.aborted) return
      progress.line('ending…')
      interrupted.abort()
      const exit = () => process.exit(signal === 'SIGINT' ? 130 : 143)
      // What does not end (a full disk, a broker that is gone) is cut off: nothing that was acknowledged is lost.
      setTimeout(() => {
        progress.line('it did not end in time; it is cut off')
        exit()
      }, END_WITHIN_MS).unref()
      void ending.run().finally(exit)
    })
  }
  let failure: StreamError | undefined
  try {
    process.exitCode = await start(options, progress, ending, interrupted.signal)
  } catch (error) {
    if (interrupted.signal.aborted) return
    const known = toStreamError(error)
    console.error(known.code === 'unexpected' ? error : `${known.code}: ${known.message}`)
    process.exitCode = 1
    failure = known
  } finally {
    if (!interrupted.signal.aborted) await ending.run()
  }
  if (failure !== undefined && options.json) console.log(failureLine(failure))
}

await main()
