import { parseArgs } from 'node:util'
import { isServiceName } from './names.ts'
import { type ServiceName, startServices } from './start.ts'

function serviceName(text: string): ServiceName {
  if (isServiceName(text)) return text
  throw new Error(`--needs ${text}: services: kafka, registry, dynamodb, sqs`)
}

/** Starts only the services, prints the variables to set, and keeps them running until it is told to stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string', default: '.waldstream/services' }, needs: { type: 'string', multiple: true } },
  })
  const ending = new AbortController()
  const ended = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()))
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => ending.abort(new Error(`ended by ${signal}`)))
  const services = await startServices({
    dataDir: values.data,
    env: process.env,
    ...(values.needs === undefined ? {} : { needs: values.needs.map(serviceName) }),
    log: (line) => console.error(line),
    signal: ending.signal,
  })
  console.error(services.how)
  // Credentials from the environment are never shown.
  const own = Object.entries(services.env).filter(([name, value]) => process.env[name] !== value)
  for (const [name, value] of own) console.log(`export ${name}=${value}`)
  console.error('Ctrl-C stops them; their data stays.')
  const alive = setInterval(() => undefined, 60_000)
  await ended
  clearInterval(alive)
  console.error('stopping them')
  await services.stop()
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
